import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { findCell } from '../models/cells/cells';
import { CommandIDs, type ITracker } from '../tokens';

const LONG = 10_000;

/** Open the notebook of a run at the cell that made it, or say why that cannot be. */
export async function revealCell(
  { commands, shell }: JupyterFrontEnd,
  tracker: ITracker,
  folder: string,
  runId: string
): Promise<void> {
  const { trans } = tracker;
  const links = await tracker.links.links(folder, runId);
  const open = {
    label: trans.__('Open as notebook'),
    callback: () =>
      void commands.execute(CommandIDs.openNotebook, { runId, folder })
  };
  const actions = 'open' in links.refused ? [] : [open];
  if (links.notebook === null) {
    Notification.warning(
      trans.__('The notebook of this run is not in the folder of this server.'),
      { autoClose: LONG, actions }
    );
    return;
  }
  const panel = (await commands.execute('docmanager:open', {
    path: links.notebook
  })) as NotebookPanel | undefined;
  if (!panel?.content) {
    return;
  }
  await panel.context.ready;
  await panel.revealed;
  shell.activateById(panel.id);
  const { content } = panel;
  const cells = content.widgets.map(({ model }) => ({
    id: model.id,
    source: model.sharedModel.getSource()
  }));
  const found = findCell(cells, links);
  if (!found) {
    Notification.warning(trans.__('The cell of this run is gone.'), {
      autoClose: LONG,
      actions
    });
    return;
  }
  content.mode = 'command';
  content.deselectAll();
  content.activeCellIndex = found.index;
  await content.scrollToCell(content.widgets[found.index], 'center');
  content.activate();
  if (found.by === 'text') {
    Notification.info(
      trans.__(
        'The cell of this run is gone. This one has the same code, and is shown instead.'
      ),
      { autoClose: LONG }
    );
  }
}
