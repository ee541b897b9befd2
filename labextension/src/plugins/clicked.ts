import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { SelectionModel } from '../models/runs/selection';
import { textsOf } from './args';

/** A row of the list of runs, which is what its context menu opens on. */
export const ROW = '.jp-tracker-run[data-run-id]';

/** Return the id of the run whose row was right-clicked; undefined where none was. */
export function clickedRun(app: JupyterFrontEnd): string | undefined {
  return app.contextMenuHitTest(node => node.matches(ROW))?.dataset.runId;
}

/** Return the runs that a command is for: the given ones, else those meant by the right click. */
export function runIdsOf(
  app: JupyterFrontEnd,
  selection: SelectionModel,
  args: ReadonlyPartialJSONObject
): readonly string[] {
  const given = textsOf(args, 'runIds');
  const clicked = clickedRun(app);
  // Ticked runs go together where one of them was clicked.
  const isOther = clicked !== undefined && !selection.has(clicked);
  return given ?? (isOther ? [clicked] : selection.runIds);
}
