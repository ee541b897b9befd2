import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { asApiError } from '../errors';
import { isGoingOn } from '../models/cells/jobs';
import { CommandIDs, ITracker } from '../tokens';
import type { RunLinks } from '../wire';
import { again, exportProject, openNotebook } from './again';
import { textOf } from './args';
import { clickedRun, ROW } from './clicked';
import { revealCell } from './reveal';

type Act = (
  app: JupyterFrontEnd,
  tracker: ITracker,
  folder: string,
  runId: string
) => Promise<void>;

/** A command on one run; `what` is the key of the reason why it may be refused. */
interface Action {
  readonly id: string;
  readonly label: string;
  readonly caption: string;
  readonly what: string | null;
  readonly act: Act;
}

interface Target {
  readonly runId: string;
  readonly folder: string;
}

/** Leads from runs back to their cells, and on to notebooks, projects and new runs. */
export const originsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:origins',
  description: 'Opens the cells of runs, and runs, verifies and exports them.',
  autoStart: true,
  // Where there are no notebooks, none of this can be.
  requires: [ITracker, INotebookTracker],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    _notebooks: INotebookTracker,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = tracker;
    const actions = actionsOf(tracker);
    actions.forEach((action, index) => {
      addAction(app, tracker, action);
      palette?.addItem({ command: action.id, category: trans.__('Tracker') });
      app.contextMenu.addItem({
        command: action.id,
        selector: `.jp-tracker-runs:not([data-view="deleted"]) ${ROW}`,
        rank: 20 + index
      });
    });
    addMenu(app, tracker, actions);
  }
};

function actionsOf({ trans }: ITracker): Action[] {
  return [
    {
      id: CommandIDs.revealCell,
      label: trans.__('Reveal Cell'),
      caption: trans.__('Show the cell that made the run in its notebook'),
      what: null,
      act: revealCell
    },
    {
      id: CommandIDs.openNotebook,
      label: trans.__('Open as Notebook'),
      caption: trans.__('Write the code of the run as a new notebook'),
      what: 'open',
      act: openNotebook
    },
    {
      id: CommandIDs.runAgain,
      label: trans.__('Run Again with Other Params…'),
      caption: trans.__('Execute the code of the run once more'),
      what: 'run',
      act: (app, tracker, folder, runId) =>
        again(app, tracker, 'run', folder, runId)
    },
    {
      id: CommandIDs.verifyRun,
      label: trans.__('Verify…'),
      caption: trans.__(
        'Execute the run’s code and see whether it gives the same'
      ),
      what: 'verify',
      act: (app, tracker, folder, runId) =>
        again(app, tracker, 'verify', folder, runId)
    },
    {
      id: CommandIDs.exportProject,
      label: trans.__('Export as MLproject…'),
      caption: trans.__(
        'Write the run’s code as a project that others can run'
      ),
      what: 'export',
      act: exportProject
    }
  ];
}

function addAction(
  app: JupyterFrontEnd,
  tracker: ITracker,
  { id, label, caption, act }: Action
): void {
  const { trans } = tracker;
  app.commands.addCommand(id, {
    label: args => {
      const why = reasonOf(tracker, args);
      return why === '' ? label : trans.__('%1 (%2)', label, why);
    },
    caption,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          runId: { type: 'string', description: trans.__('The id of the run') },
          folder: {
            type: 'string',
            description: trans.__('The folder whose store has the run')
          },
          why: {
            type: 'string',
            description: trans.__('Why it cannot be done, where it cannot')
          }
        }
      }
    },
    isEnabled: args =>
      reasonOf(tracker, args) === '' && targetOf(app, tracker, args) !== null,
    execute: async args => {
      const target = targetOf(app, tracker, args);
      if (target === null) {
        return;
      }
      try {
        await act(app, tracker, target.folder, target.runId);
      } catch (error) {
        Notification.error(asApiError(error).message, { autoClose: 10_000 });
      }
    }
  });
}

/** Why a command cannot be, '' where it can as far as is known. */
function reasonOf(
  { runs, trans }: ITracker,
  args: ReadonlyPartialJSONObject
): string {
  const folder = textOf(args, 'folder') ?? runs.state.folder;
  const { store } = runs.state;
  const isFar = folder === runs.state.folder && store?.kind === 'server';
  return (
    textOf(args, 'why') ?? (isFar ? trans.__('its store is on a server') : '')
  );
}

/** The run that is meant: named, right-clicked, in front, or the only one that is ticked. */
function targetOf(
  app: JupyterFrontEnd,
  { runs, selection }: ITracker,
  args: ReadonlyPartialJSONObject
): Target | null {
  const folder = textOf(args, 'folder') ?? runs.state.folder ?? '';
  const named = textOf(args, 'runId') ?? clickedRun(app);
  if (named !== undefined) {
    return { runId: named, folder };
  }
  const shown = app.shell.currentWidget?.node.dataset;
  if (shown?.trackerRun !== undefined) {
    return { runId: shown.trackerRun, folder: shown.trackerFolder ?? '' };
  }
  const [only, ...others] = selection.runIds;
  return only !== undefined && others.length === 0
    ? { runId: only, folder }
    : null;
}

/** The menu of a run's page: what can be done, and why not the rest. */
function addMenu(
  app: JupyterFrontEnd,
  tracker: ITracker,
  actions: readonly Action[]
): void {
  const { commands } = app;
  const { trans } = tracker;
  const menu = new MenuSvg({ commands });
  menu.contentNode.setAttribute(
    'aria-label',
    trans.__('What to do with the run')
  );
  commands.addCommand(CommandIDs.showRunMenu, {
    label: trans.__('Actions of the Run…'),
    caption: trans.__('Open the menu of the run that is in front'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          runId: { type: 'string', description: trans.__('The id of the run') },
          folder: {
            type: 'string',
            description: trans.__('The folder whose store has the run')
          }
        }
      }
    },
    execute: async args => {
      const target = targetOf(app, tracker, args);
      const anchor = document.activeElement;
      if (target === null) {
        return;
      }
      const { runId, folder } = target;
      let refused: RunLinks['refused'] = {};
      try {
        const links = await tracker.links.links(folder, runId);
        const busy = links.jobs.filter(isGoingOn);
        refused = {
          ...(busy.some(({ kind }) => kind === 'verify')
            ? { verify: trans.__('it is being verified') }
            : {}),
          ...links.refused
        };
      } catch {
        // What cannot be done says so itself when it is tried.
      }
      menu.clearItems();
      for (const { id, what } of actions) {
        const why = what === null ? undefined : refused[what];
        menu.addItem({
          command: id,
          args: { runId, folder, ...(why === undefined ? {} : { why }) }
        });
      }
      const { left = 0, bottom = 0 } = anchor?.getBoundingClientRect() ?? {};
      const onClose = () => {
        menu.aboutToClose.disconnect(onClose);
        if (anchor instanceof HTMLElement && anchor.isConnected) {
          anchor.focus({ preventScroll: true });
        }
      };
      menu.aboutToClose.connect(onClose);
      menu.open(left, bottom + 2);
      menu.activeIndex = 0;
    }
  });
}
