import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';

import { asApiError } from '../errors';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';
import { cancelledRunOf, followLinks } from './link';

/** The tag that has whoever watches over a project's run cancel it. */
const CANCEL = 'tracker.cancel';

/** Cancels the runs of projects, from their cards in notebooks too. */
export const cancelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:cancel',
  description: 'Cancels runs of projects.',
  autoStart: true,
  requires: [ITracker],
  activate: (app: JupyterFrontEnd, tracker: ITracker): void => {
    const { trans } = tracker;
    app.commands.addCommand(CommandIDs.cancelRun, {
      label: trans.__('Cancel Run…'),
      caption: trans.__('End a project that is running, with all it started'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            runId: {
              type: 'string',
              description: trans.__('The id of the run')
            },
            folder: {
              type: 'string',
              description: trans.__('The folder whose store has the run')
            }
          }
        }
      },
      execute: async args => {
        const runId = textOf(args, 'runId');
        const folder = textOf(args, 'folder') ?? tracker.runs.state.folder;
        if (runId !== undefined && (await isMeant(tracker))) {
          await cancel(tracker, folder ?? '', runId);
        }
      }
    });
    followLinks(cancelledRunOf, runId => {
      const folder = tracker.stores.followed ?? '';
      void app.commands.execute(CommandIDs.cancelRun, { runId, folder });
    });
  }
};

/** An output may hold any link: only what a person confirms is done. */
async function isMeant({ trans }: ITracker): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Cancel this run?'),
    body: trans.__('The project and every process it started will be ended.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep it running') }),
      Dialog.warnButton({ label: trans.__('Cancel the run') })
    ]
  });
  return button.accept;
}

async function cancel(
  { api }: ITracker,
  folder: string,
  runId: string
): Promise<void> {
  const edits = [{ run_id: runId, tags: { [CANCEL]: 'from JupyterLab' } }];
  try {
    await api.editRuns({ folder, edits });
  } catch (error) {
    Notification.error(asApiError(error).message, { autoClose: 10_000 });
  }
}
