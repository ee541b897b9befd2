import type { JupyterFrontEnd, ILabShell } from '@jupyterlab/application';
import { TabPanel, type Widget } from '@lumino/widgets';

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
  // Notebook 7 shows the area below, and leaves in front what was there.
  const tabs = widget.parent?.parent;
  if (tabs instanceof TabPanel) {
    tabs.currentWidget = widget;
  }
}
