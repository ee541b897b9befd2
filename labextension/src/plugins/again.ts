import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';

import { asApiError } from '../errors';
import { AgainModel } from '../models/cells/again';
import { follow } from '../models/cells/jobs';
import { CommandIDs, type ITracker } from '../tokens';
import type { ExportAnswer, JobRequest, JobRow } from '../wire';

const LONG = 10_000;

/** Ask how, and run a run again or verify it. */
export async function again(
  app: JupyterFrontEnd,
  tracker: ITracker,
  kind: JobRequest['kind'],
  folder: string,
  runId: string
): Promise<void> {
  const { trans, links } = tracker;
  const { AgainBody } = await import(
    /* webpackChunkName: "cells" */ '../panels/again'
  );
  const name = await nameOf(tracker, folder, runId);
  const newName = trans.__('%1 again', name);
  const model = new AgainModel(links, trans, kind, folder, runId, newName);
  void model.load();
  const isRun = kind === 'run';
  do {
    const { button } = await showDialog({
      title: isRun
        ? trans.__('Run “%1” again', name)
        : trans.__('Verify “%1”', name),
      body: new AgainBody(tracker, model),
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({
          label: isRun ? trans.__('Run') : trans.__('Verify')
        })
      ],
      // Enter in a field confirms; the first field is where one begins.
      focusNodeSelector: 'input'
    });
    if (!button.accept) {
      return;
    }
  } while (!model.check());
  const { job } = await links.start(runId, model.request());
  if (job.new_run_id !== null) {
    void app.commands.execute(CommandIDs.openRun, {
      runId: job.new_run_id,
      folder
    });
  }
  void watch(app, tracker, folder, job, name);
}

async function nameOf(
  { api }: ITracker,
  folder: string,
  runId: string
): Promise<string> {
  const filter = `attributes.run_id IN ('${runId}')`;
  const { runs } = await api.searchRuns({ folder, filter, view: 'all' });
  return runs[0]?.run_name ?? runId;
}

/** Tell how a job goes: it takes seconds to minutes, and nobody need wait for it. */
async function watch(
  { commands }: JupyterFrontEnd,
  tracker: ITracker,
  folder: string,
  job: JobRow,
  name: string
): Promise<void> {
  const { trans, links } = tracker;
  const isRun = job.kind === 'run';
  const title = isRun
    ? trans.__('Running “%1” again', name)
    : trans.__('Verifying “%1”', name);
  const cancel = {
    label: trans.__('Cancel'),
    callback: () =>
      void links.cancel(job.job_id).catch((error: unknown) => {
        Notification.error(asApiError(error).message, { autoClose: LONG });
      })
  };
  const open = {
    label: trans.__('Open run'),
    callback: () =>
      void commands.execute(CommandIDs.openRun, {
        runId: job.new_run_id ?? job.run_id,
        folder
      })
  };
  const id = Notification.emit(title, 'in-progress', {
    autoClose: false,
    actions: [cancel]
  });
  const end = (message: string, type: 'success' | 'error' | 'warning') => {
    Notification.update({
      id,
      message,
      type,
      autoClose: LONG,
      actions: [open]
    });
  };
  try {
    const ended = await follow(links, folder, job, ({ said }) =>
      Notification.update({ id, message: `${title}\n${said}` })
    );
    if (!ended) {
      end(
        trans.__('The server was restarted meanwhile. Look at the run.'),
        'warning'
      );
    } else if (ended.state === 'failed') {
      end(`${title}: ${ended.said}`, 'error');
    } else {
      end(isRun ? trans.__('“%1” ran again', name) : ended.said, 'success');
    }
  } catch (error) {
    end(asApiError(error).message, 'error');
  }
}

/** Write a run's code as a notebook, and open it. */
export async function openNotebook(
  { commands }: JupyterFrontEnd,
  { links }: ITracker,
  folder: string,
  runId: string
): Promise<void> {
  const { path } = await links.notebook(runId, { folder });
  await commands.execute('docmanager:open', { path });
}

/** Ask where to, and write a run as an MLproject. */
export async function exportProject(
  app: JupyterFrontEnd,
  tracker: ITracker,
  folder: string,
  runId: string
): Promise<void> {
  const { trans, links } = tracker;
  const { notebook } = await links.links(folder, runId);
  const stem = notebook ? PathExt.basename(notebook, '.ipynb') : 'run';
  const place = notebook ? PathExt.dirname(notebook) : folder;
  let path: string | null = PathExt.join(place, `${stem}-project`);
  for (;;) {
    ({ value: path } = await InputDialog.getText({
      title: trans.__('Export as MLproject'),
      label: trans.__('A folder that is not there yet'),
      text: path,
      okLabel: trans.__('Export')
    }));
    if (path === null) {
      return;
    }
    const done = await exportTo(tracker, folder, runId, path, false);
    if (done) {
      tellExport(app, tracker, done);
      return;
    }
  }
}

/** Return what was written; null where another place, or nothing, is wanted. */
async function exportTo(
  tracker: ITracker,
  folder: string,
  runId: string,
  path: string,
  allow_secrets: boolean
): Promise<ExportAnswer | null> {
  const { trans, links } = tracker;
  try {
    return await links.export(runId, { folder, path, allow_secrets });
  } catch (error) {
    const { message } = asApiError(error);
    const mayBeAllowed = message.includes('allow_secrets');
    const { button } = await showDialog({
      title: trans.__('Nothing was exported'),
      body: message,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Back') }),
        ...(mayBeAllowed
          ? [Dialog.warnButton({ label: trans.__('Export all the same') })]
          : [])
      ]
    });
    return button.accept ? exportTo(tracker, folder, runId, path, true) : null;
  }
}

function tellExport(
  { commands }: JupyterFrontEnd,
  { trans }: ITracker,
  { path, files, parameters, remarks, questions }: ExportAnswer
): void {
  const notes = remarks.length + questions.length;
  const lines = [
    trans.__('Exported to %1', path),
    trans._n('%1 file', '%1 files', files.length) +
      (parameters.length > 0
        ? `; ${trans.__('params: %1', parameters.join(', '))}`
        : '')
  ];
  if (notes > 0) {
    lines.push(trans.__('Its README.md tells what to know before it is run.'));
  }
  Notification.success(lines.join('\n'), {
    autoClose: LONG,
    actions: [
      {
        label: trans.__('Show it'),
        callback: () =>
          void commands.execute('filebrowser:go-to-path', { path })
      }
    ]
  });
}
