import type { JupyterFrontEnd, ILabShell } from '@jupyterlab/application';
import type { Widget } from '@lumino/widgets';

/**
 * Put a view where there is room for it, and show it.
 *
 * Notebook 7 shows nothing but the notebook in its main area: there a view opens below it.
 */
export function place(
  shell: JupyterFrontEnd.IShell,
  labShell: ILabShell | null,
  widget: Widget,
  type: string
): void {
  if (!widget.isAttached) {
    widget.toggleClass('jp-tracker-below', labShell === null);
    shell.add(widget, labShell ? 'main' : 'down', { type });
  }
  shell.activateById(widget.id);
}
