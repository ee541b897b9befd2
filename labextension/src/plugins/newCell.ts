import type { INotebookTracker } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';

/**
 * Put code into a new cell below the one that is worked in, and show that notebook.
 *
 * False where no notebook is open, or where it cannot be written to.
 */
export function insertCell(
  notebooks: INotebookTracker | null,
  activate: (id: string) => void,
  code: string
): boolean {
  const panel = notebooks?.currentWidget;
  if (!panel?.content.model || panel.content.model.readOnly) {
    return false;
  }
  NotebookActions.insertBelow(panel.content);
  panel.content.activeCell?.model.sharedModel.setSource(code);
  activate(panel.id);
  return true;
}
