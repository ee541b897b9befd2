import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';

import { asQuery } from '../api/pageAddress';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';
import { clickedRun, ROW } from './clicked';

/** Opens the list, or a run, as a page of its own: to look at beside a notebook, or to hand on. */
export const pagePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:page',
  description: 'Opens the experiment tracker in a browser tab of its own.',
  autoStart: true,
  // The page itself has no paths, and no need of another tab.
  requires: [ITracker, JupyterFrontEnd.IPaths],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    _paths: JupyterFrontEnd.IPaths,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = tracker;
    const { baseUrl } = app.serviceManager.serverSettings;
    app.commands.addCommand(CommandIDs.openPage, {
      label: trans.__('Open in a Browser Tab'),
      caption: trans.__('Show the runs, or one of them, without JupyterLab'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            runId: {
              type: 'string',
              description: trans.__('The id of a run to open there')
            }
          }
        }
      },
      execute: args => {
        const folder = tracker.runs.state.folder ?? '';
        const runId = textOf(args, 'runId') ?? clickedRun(app);
        const view =
          runId === undefined
            ? null
            : { command: CommandIDs.openRun, args: { runId, folder } };
        const query = asQuery({ folder, view });
        window.open(URLExt.join(baseUrl, 'tracker') + query, '_blank');
      }
    });
    palette?.addItem({
      command: CommandIDs.openPage,
      category: trans.__('Tracker')
    });
    app.contextMenu.addItem({
      command: CommandIDs.openPage,
      selector: ROW,
      rank: 5
    });
  }
};
