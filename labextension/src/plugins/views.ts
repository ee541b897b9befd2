import {
  IRouter,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IDisposable } from '@lumino/disposable';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { ViewsStore } from '../models/views/savedViews';
import { SavedViews } from '../models/views/savedViews';
import type { ViewPlace } from '../models/views/viewLink';
import {
  decodePlace,
  encodePlace,
  LINK_PARAMETER,
  LONGEST_LINK,
  placeOf
} from '../models/views/viewLink';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';

const PLUGIN_ID = 'jupyterlab-tracker:views';

/** Keeps comparisons under names, and opens those that a link names. */
export const viewsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Names comparisons of runs, and opens those of links.',
  autoStart: true,
  requires: [ITracker],
  optional: [ISettingRegistry, IRouter, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    registry: ISettingRegistry | null,
    router: IRouter | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const { trans } = tracker;
    const category = trans.__('Tracker');
    const open = (place: ViewPlace): Promise<unknown> =>
      commands.execute(CommandIDs.compareRuns, {
        ...place
      } as unknown as ReadonlyPartialJSONObject);
    addLinks(app, tracker, router, open);
    if (!registry) {
      return;
    }
    const views = registry
      .load(PLUGIN_ID)
      .then(settings => new SavedViews(settings as unknown as ViewsStore));
    const name = { type: 'string', description: trans.__('The name') };

    commands.addCommand(CommandIDs.saveView, {
      label: trans.__('Save Comparison…'),
      caption: trans.__('Keep a comparison under a name'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name,
            folder: {
              type: 'string',
              description: trans.__('The folder whose store has the runs')
            },
            runIds: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__('The ids of the runs')
            },
            kept: {
              type: 'object',
              description: trans.__('How to look at them')
            }
          }
        }
      },
      execute: async args => {
        const place = placeOf(args);
        const chosen = textOf(args, 'name') ?? (await askName(tracker));
        if (place && chosen) {
          await (await views).save({ ...place, name: chosen });
          Notification.success(trans.__('Saved as "%1".', chosen), {
            autoClose: 3_000
          });
        }
      }
    });
    commands.addCommand(CommandIDs.openView, {
      label: args => textOf(args, 'name') ?? trans.__('Open Saved Comparison…'),
      caption: trans.__('Open a comparison that was saved under a name'),
      describedBy: { args: { type: 'object', properties: { name } } },
      execute: async args => {
        const known = await views;
        const chosen =
          textOf(args, 'name') ?? (await chooseName(known, tracker));
        const view = chosen ? known.find(chosen) : undefined;
        return view && open(view);
      }
    });
    commands.addCommand(CommandIDs.removeView, {
      label: trans.__('Delete Saved Comparison…'),
      caption: trans.__('Forget a name; the runs stay'),
      describedBy: { args: { type: 'object', properties: { name } } },
      execute: async args => {
        const known = await views;
        const chosen =
          textOf(args, 'name') ?? (await chooseName(known, tracker));
        if (chosen) {
          await known.remove(chosen);
        }
      }
    });
    [CommandIDs.openView, CommandIDs.removeView].forEach(command =>
      palette?.addItem({ command, category })
    );
    void views.then(known => followPalette(known, palette, category));
  }
};

/** Each saved view is an entry of the palette. */
function followPalette(
  views: SavedViews,
  palette: ICommandPalette | null,
  category: string
): void {
  let items: IDisposable[] = [];
  const update = () => {
    items.forEach(item => item.dispose());
    items = views.all.flatMap(({ name }) => {
      const args = { name };
      const item = { command: CommandIDs.openView, args, category };
      return palette ? [palette.addItem(item)] : [];
    });
  };
  views.changed.connect(update);
  update();
}

async function askName({ trans }: ITracker): Promise<string | null> {
  const { value } = await InputDialog.getText({
    title: trans.__('Save comparison'),
    label: trans.__('Name'),
    okLabel: trans.__('Save')
  });
  return value?.trim() || null;
}

async function chooseName(
  views: SavedViews,
  { trans }: ITracker
): Promise<string | null> {
  const names = views.all.map(({ name }) => name);
  if (names.length === 0) {
    await showDialog({
      title: trans.__('No saved comparisons yet'),
      body: trans.__('Compare some runs, and press "Save…" above the charts.'),
      buttons: [Dialog.okButton()]
    });
    return null;
  }
  const { value } = await InputDialog.getItem({
    title: trans.__('Saved comparisons'),
    items: names
  });
  return value;
}

/** Copies the address of a comparison, and opens what the page's own address names. */
function addLinks(
  app: JupyterFrontEnd,
  { trans }: ITracker,
  router: IRouter | null,
  open: (place: ViewPlace) => Promise<unknown>
): void {
  const { commands } = app;
  commands.addCommand(CommandIDs.copyViewLink, {
    label: trans.__('Copy Link to Comparison'),
    caption: trans.__('A link that opens the same view for others'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: args => {
      const place = placeOf(args);
      const { baseUrl } = app.serviceManager.serverSettings;
      const link = place && linkTo(place, baseUrl);
      if (!link || link.length > LONGEST_LINK) {
        Notification.warning(
          trans.__(
            'So many runs are too long for a link. Save the comparison under a name instead.'
          )
        );
        return;
      }
      Clipboard.copyToSystem(link);
      Notification.success(trans.__('Link copied.'), { autoClose: 3_000 });
    }
  });
  commands.addCommand(CommandIDs.openViewLink, {
    label: trans.__('Open Comparison of a Link'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async args => {
      const search = new URLSearchParams(textOf(args, 'search') ?? '');
      const place = decodePlace(search.get(LINK_PARAMETER) ?? '');
      await app.restored;
      // A reload must not open again what was closed meanwhile.
      search.delete(LINK_PARAMETER);
      const rest = search.size > 0 ? `?${search.toString()}` : '';
      router?.navigate((textOf(args, 'path') ?? '') + rest, {
        skipRouting: true
      });
      if (place) {
        await open(place);
      } else {
        Notification.warning(trans.__('The link is not whole.'));
      }
    }
  });
  router?.register({
    command: CommandIDs.openViewLink,
    pattern: new RegExp(`[?&]${LINK_PARAMETER}=`)
  });
}

/** On a hub the link leads everybody to their own server. */
function linkTo(place: ViewPlace, baseUrl: string): string {
  const hub = PageConfig.getOption('hubPrefix');
  const host = PageConfig.getOption('hubHost') || window.location.origin;
  const root = hub ? URLExt.join(host, hub, 'user-redirect') : baseUrl;
  return `${URLExt.join(root, 'lab')}?${LINK_PARAMETER}=${encodePlace(place)}`;
}
