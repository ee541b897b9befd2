import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

import { trackerIcon } from '../icons';
import { RunsPanel } from '../panels/runs';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';
import { addStoreCommands, chooseStorePath } from './stores';

/** Adds the sidebar and the commands of the list. */
export const runsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:runs',
  description: 'Lists the runs of the experiment tracker in the sidebar.',
  autoStart: true,
  requires: [ITracker],
  optional: [ILayoutRestorer, ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const { commands, shell } = app;
    const { runs, selection, trans } = tracker;
    const folder = () => runs.state.folder ?? '';
    const onRuns = (command: string, runIds: readonly string[]) =>
      void commands.execute(command, {
        runIds: [...runIds],
        folder: folder()
      });
    const panel = new RunsPanel({
      tracker,
      onOpen: runId =>
        void commands.execute(CommandIDs.openRun, { runId, folder: folder() }),
      onCompare: runIds => onRuns(CommandIDs.compareRuns, runIds),
      onDelete: runIds => onRuns(CommandIDs.deleteRuns, runIds),
      onRestore: runIds => onRuns(CommandIDs.restoreRuns, runIds),
      onBrowse: browser && (() => chooseStorePath(browser, trans))
    });
    shell.add(panel, 'left', { rank: 350, type: 'Tracker' });
    restorer?.add(panel, panel.id);

    const show = (filter?: string, reveal?: string) => {
      shell.activateById(panel.id);
      if (filter !== undefined) {
        runs.setFilter(filter);
        panel.focusFilter();
      }
      if (reveal !== undefined) {
        panel.reveal(reveal);
      }
    };
    commands.addCommand(CommandIDs.showRuns, {
      label: args =>
        args.isMenu ? trans.__('Tracker Runs') : trans.__('Show Runs'),
      caption: trans.__('Show the list of runs of this folder'),
      icon: trackerIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            isMenu: {
              type: 'boolean',
              description: trans.__('Whether the label is for a menu')
            },
            reveal: {
              type: 'string',
              description: trans.__('The id of a run to bring into view')
            }
          }
        }
      },
      execute: args => show(undefined, textOf(args, 'reveal'))
    });
    commands.addCommand(CommandIDs.filterRuns, {
      label: trans.__('Filter Runs'),
      caption: trans.__('Show the runs that match a filter'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            filter: {
              type: 'string',
              description: trans.__('Words of a name, or a filter')
            }
          }
        }
      },
      execute: args => show(textOf(args, 'filter') ?? runs.state.filter)
    });
    addStoreCommands(app, tracker, panel);
    commands.addCommand(CommandIDs.refreshRuns, {
      label: trans.__('Refresh Runs'),
      caption: trans.__('Read the list of runs again'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => runs.refresh()
    });
    commands.addCommand(CommandIDs.toggleNotebookOnly, {
      label: trans.__('Only Runs of This Notebook'),
      caption: trans.__('List the runs of the notebook in front, or all'),
      describedBy: { args: { type: 'object', properties: {} } },
      isToggled: () => runs.state.notebookOnly,
      isEnabled: () => runs.state.notebookOnly || runs.state.notebook !== null,
      execute: () => {
        runs.setScope({ notebookOnly: !runs.state.notebookOnly });
        show();
      }
    });
    commands.addCommand(CommandIDs.clearSelection, {
      label: trans.__('Clear the Selection of Runs'),
      caption: trans.__('Take the ticks of all runs away'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => selection.runIds.length > 0,
      execute: () => selection.clear()
    });
    runs.changed.connect(() =>
      commands.notifyCommandChanged(CommandIDs.toggleNotebookOnly)
    );
    selection.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.clearSelection);
      commands.notifyCommandChanged(CommandIDs.compareRuns);
    });

    const category = trans.__('Tracker');
    for (const command of [
      CommandIDs.showRuns,
      CommandIDs.filterRuns,
      CommandIDs.chooseStore,
      CommandIDs.openStore,
      CommandIDs.refreshRuns,
      CommandIDs.toggleNotebookOnly,
      CommandIDs.clearSelection
    ]) {
      palette?.addItem({ command, category });
    }
  }
};
