import type { JupyterFrontEnd } from '@jupyterlab/application';

/** A row of the list of runs, which is what its context menu opens on. */
export const ROW = '.jp-tracker-run[data-run-id]';

/** Return the id of the run whose row was right-clicked; undefined where none was. */
export function clickedRun(app: JupyterFrontEnd): string | undefined {
  return app.contextMenuHitTest(node => node.matches(ROW))?.dataset.runId;
}
