import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { RunsPanel } from '../panels/runs';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';

/** Add the commands that choose which store the list looks at. */
export function addStoreCommands(
  app: JupyterFrontEnd,
  tracker: ITracker,
  panel: RunsPanel
): void {
  const { commands, shell } = app;
  const { stores, trans } = tracker;
  commands.addCommand(CommandIDs.chooseStore, {
    label: trans.__('Choose a Store of Runs…'),
    caption: trans.__('Show which stores of runs there are to choose from'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      shell.activateById(panel.id);
      panel.chooseStore(false);
    }
  });
  commands.addCommand(CommandIDs.openStore, {
    label: trans.__('Open a Store of Runs…'),
    caption: trans.__('Open an mlruns folder, an mlflow.db or a server'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          location: {
            type: 'string',
            description: trans.__('A path or URL; without it one is asked for')
          }
        }
      }
    },
    execute: async args => {
      const location = textOf(args, 'location');
      shell.activateById(panel.id);
      if (location === undefined) {
        panel.chooseStore(true);
      } else if (!(await stores.open(location)) && stores.openError) {
        Notification.error(stores.openError.message, { autoClose: 10_000 });
      }
    }
  });
}

/** Have a file or folder chosen; resolves to its path, null where nothing was chosen. */
export async function chooseStorePath(
  browser: IDefaultFileBrowser,
  trans: TranslationBundle
): Promise<string | null> {
  const { FileDialog } = await import('@jupyterlab/filebrowser');
  const { button, value } = await FileDialog.getOpenFiles({
    manager: browser.model.manager,
    defaultPath: browser.model.path,
    title: trans.__('Open a store of runs'),
    label: trans.__('An mlruns folder, an mlflow.db or a project with runs'),
    filter: model =>
      model.type === 'directory' || /\.(db|sqlite3?)$/.test(model.name)
        ? {}
        : null
  });
  const chosen = button.accept ? value?.[0] : undefined;
  return chosen
    ? browser.model.manager.services.contents.localPath(chosen.path)
    : null;
}
