import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import { answer, COMM_TARGET } from './saving';

/** Gives kernels their notebook when a run starts, so that the run keeps it as it was. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:notebook',
  description: 'Saves the notebook when a run starts, and hands it to the run.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, notebooks: INotebookTracker): void => {
    const listen = (panel: NotebookPanel) => {
      const register = (kernel: Kernel.IKernelConnection | null) => {
        kernel?.registerCommTarget(COMM_TARGET, (comm, question) => {
          // A notebook that cannot be had or saved is no reason to disturb a run.
          void answer(comm, question, panel.context).catch(console.warn);
        });
      };
      const follow = () =>
        register(panel.sessionContext.session?.kernel ?? null);
      panel.sessionContext.kernelChanged.connect(follow);
      panel.disposed.connect(() => {
        panel.sessionContext.kernelChanged.disconnect(follow);
      });
      follow();
    };
    notebooks.forEach(listen);
    notebooks.widgetAdded.connect((_, panel) => listen(panel));
  }
};
