import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, ITracker } from '../tokens';
import type { RunRow } from '../wire';
import { folderArgument, someRuns, textOf } from './args';
import { clickedRun, ROW, runIdsOf } from './clicked';

/** For so long a change can be taken back with one click, in ms. */
const UNDO_TIME = 10_000;
/** The list while it shows the bin. */
const BIN = '.jp-tracker-runs[data-view="deleted"]';

/** Adds the commands that change runs, the list's context menu, and the way back. */
export const editsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:edits',
  description: 'Renames, deletes and restores runs of the experiment tracker.',
  autoStart: true,
  requires: [ITracker],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    palette: ICommandPalette | null
  ): void => {
    tellWhatHappened(tracker);
    addCommands(app, tracker);
    palette?.addItem({
      command: CommandIDs.toggleDeleted,
      category: tracker.trans.__('Tracker')
    });
    const onUsed = `.jp-tracker-runs:not([data-view="deleted"]) ${ROW}`;
    const items: [string, string][] = [
      [CommandIDs.openRun, ROW],
      [CommandIDs.renameRun, onUsed],
      [CommandIDs.copyRunId, ROW],
      [CommandIDs.deleteRuns, onUsed],
      [CommandIDs.restoreRuns, `${BIN} ${ROW}`]
    ];
    items.forEach(([command, selector], rank) =>
      app.contextMenu.addItem({ command, selector, rank })
    );
  }
};

function addCommands(app: JupyterFrontEnd, tracker: ITracker): void {
  const { commands } = app;
  const { editor, runs, selection, trans } = tracker;
  const folderOf = (args: ReadonlyPartialJSONObject) =>
    textOf(args, 'folder') ?? runs.state.folder ?? '';
  const runIdOf = (args: ReadonlyPartialJSONObject) =>
    textOf(args, 'runId') ?? clickedRun(app);

  commands.addCommand(CommandIDs.renameRun, {
    label: trans.__('Rename Run…'),
    caption: trans.__('Give the run another name'),
    describedBy: { args: oneRun(trans) },
    execute: async args => {
      const run = await findRow(tracker, folderOf(args), runIdOf(args));
      if (!run) {
        return;
      }
      const { value } = await InputDialog.getText({
        title: trans.__('Rename Run'),
        label: trans.__('Name'),
        text: run.run_name,
        okLabel: trans.__('Rename')
      });
      if (value !== null) {
        await editor.rename(folderOf(args), run, value);
      }
    }
  });
  commands.addCommand(CommandIDs.deleteRuns, {
    label: trans.__('Delete'),
    caption: trans.__('Put the runs into the bin'),
    describedBy: { args: someRuns(trans) },
    execute: async args => {
      const runIds = runIdsOf(app, selection, args);
      await editor.remove(folderOf(args), runIds);
      selection.setAll(runIds, false);
    }
  });
  commands.addCommand(CommandIDs.restoreRuns, {
    label: trans.__('Restore'),
    caption: trans.__('Take the runs out of the bin'),
    describedBy: { args: someRuns(trans) },
    execute: async args => {
      const runIds = runIdsOf(app, selection, args);
      await editor.restore(folderOf(args), runIds);
      selection.setAll(runIds, false);
    }
  });
  commands.addCommand(CommandIDs.copyRunId, {
    label: trans.__('Copy Run ID'),
    caption: trans.__('Put the id of the run into the clipboard'),
    describedBy: { args: oneRun(trans) },
    execute: args => {
      const runId = runIdOf(args);
      if (runId !== undefined) {
        Clipboard.copyToSystem(runId);
      }
    }
  });
  commands.addCommand(CommandIDs.toggleDeleted, {
    label: trans.__('Show Deleted Runs'),
    caption: trans.__('List the runs in the bin instead of those in use'),
    isToggled: () => runs.state.view === 'deleted',
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      runs.setScope({
        view: runs.state.view === 'deleted' ? 'active' : 'deleted'
      });
      commands.notifyCommandChanged(CommandIDs.toggleDeleted);
    }
  });
}

/** Return a run of the list, also one that is nested in another or in a group. */
async function findRow(
  { api, runs }: ITracker,
  folder: string,
  runId: string | undefined
): Promise<RunRow | undefined> {
  const row = runs.state.runs.find(run => run.run_id === runId);
  if (row || !runId || !/^[\w-]{1,256}$/.test(runId)) {
    return row;
  }
  const filter = `attributes.run_id = '${runId}'`;
  return (await api.searchRuns({ folder, filter, max_results: 1 })).runs[0];
}

/** Say what was changed, with the way back, and what could not be. */
function tellWhatHappened(tracker: ITracker): void {
  const { editor, trans } = tracker;
  editor.done.connect((_, { message, undo }) => {
    Notification.emit(message, 'default', {
      autoClose: UNDO_TIME,
      actions: [{ label: trans.__('Undo'), callback: undo }]
    });
  });
  editor.failed.connect((_, error) => {
    Notification.error(error.message, { autoClose: UNDO_TIME });
  });
}

function oneRun(trans: ITracker['trans']) {
  return {
    type: 'object',
    properties: {
      runId: { type: 'string', description: trans.__('The id of the run') },
      folder: folderArgument(trans)
    }
  };
}
