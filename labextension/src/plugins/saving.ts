import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JSONObject, PartialJSONObject } from '@lumino/coreutils';

/** The comm by which a kernel asks for the notebook when a run starts. */
export const COMM_TARGET = 'tracker.notebook';

/** What of a notebook's document is needed here. */
export type Document = Pick<
  NotebookPanel['context'],
  'model' | 'contentsModel' | 'save'
>;

/** Characters of a notebook beyond which its outputs stay here, where the kernel names no bound. */
const LIMIT = 20_000_000;

/** Answer a kernel's question with the notebook as it is now, then save it. */
export async function answer(
  comm: Pick<Kernel.IComm, 'send' | 'close'>,
  question: Pick<KernelMessage.ICommOpenMsg, 'content'>,
  document: Document
): Promise<void> {
  const { limit } = question.content.data as { limit?: unknown };
  const notebook = bounded(
    document.model.toJSON() as PartialJSONObject,
    typeof limit === 'number' ? limit : LIMIT
  );
  await comm.send({ notebook } as unknown as JSONObject).done;
  comm.close();
  if (mustBeSaved(document)) {
    await saveOnce(document);
  }
}

/** Whether there is something to save here, somebody who may, and nobody else who does. */
function mustBeSaved({ model, contentsModel }: Document): boolean {
  // A shared notebook is saved by the server. If that was quicker, saving it from here as well would
  // make JupyterLab ask people whose version it is to be.
  return (
    model.dirty && contentsModel?.writable === true && !model.collaborative
  );
}

const saving = new WeakSet<object>();

/** Two saves at once would make JupyterLab ask whose file it is: the first one is enough. */
async function saveOnce(document: Document): Promise<void> {
  if (saving.has(document.model)) {
    return;
  }
  saving.add(document.model);
  try {
    await document.save();
  } finally {
    saving.delete(document.model);
  }
}

/** Return the notebook, without the outputs of its cells where it is very long. */
export function bounded(
  notebook: PartialJSONObject,
  limit: number
): PartialJSONObject {
  if (JSON.stringify(notebook).length <= limit) {
    return notebook;
  }
  const cells = notebook.cells as PartialJSONObject[];
  return {
    ...notebook,
    cells: cells.map(cell =>
      'outputs' in cell ? { ...cell, outputs: [] } : cell
    )
  };
}
