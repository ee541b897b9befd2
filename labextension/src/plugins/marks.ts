import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import {
  INotebookTracker,
  NotebookActions,
  type NotebookPanel
} from '@jupyterlab/notebook';
import { MenuSvg } from '@jupyterlab/ui-components';

import { asApiError } from '../errors';
import { compareIcon, trackerIcon } from '../icons';
import { CommandIDs, ITracker } from '../tokens';
import type { CellRow } from '../wire';
import { HAS_RUNS, type NotebookCell, NotebookMarking } from './marking';

const MENU = [
  CommandIDs.openCellRun,
  CommandIDs.showCellChanges,
  CommandIDs.compareCellRuns,
  CommandIDs.listCellRuns
];

/** The runs of a cell and where they are. */
interface Runs {
  readonly cell: NotebookCell;
  readonly row: CellRow;
  readonly folder: string;
}

/** Marks the cells of notebooks that made runs, and adds what can be done from there. */
export const marksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:marks',
  description: 'Marks the cells of notebooks that made runs.',
  autoStart: true,
  requires: [ITracker, INotebookTracker],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null
  ): void => {
    const { commands, contextMenu, serviceManager } = app;
    const { trans } = tracker;
    const markings = new WeakMap<NotebookPanel, NotebookMarking>();
    const menu = new MenuSvg({ commands });
    menu.title.label = trans.__('Runs of This Cell');
    menu.contentNode.setAttribute('aria-label', menu.title.label);

    const watch = (panel: NotebookPanel) => {
      const onPress = (cell: NotebookCell, mark: HTMLElement) => {
        const { content } = panel;
        content.activeCellIndex = content.widgets.indexOf(cell);
        content.deselectAll();
        openMenu(menu, mark);
      };
      const { contents } = serviceManager;
      const marking = new NotebookMarking(tracker, panel, contents, onPress);
      marking.setShown(tracker.settings.cellMarks);
      markings.set(panel, marking);
    };
    notebooks.forEach(watch);
    notebooks.widgetAdded.connect((_, panel) => watch(panel));
    tracker.settingsChanged.connect(() => {
      const { cellMarks } = tracker.settings;
      notebooks.forEach(panel => markings.get(panel)?.setShown(cellMarks));
      commands.notifyCommandChanged(CommandIDs.toggleCellMarks);
    });
    NotebookActions.executed.connect((_, { notebook }) => {
      const panel = notebooks.find(({ content }) => content === notebook);
      if (panel) {
        markings.get(panel)?.executed();
      }
    });

    const current = (): Runs | null => {
      const { currentWidget: panel, activeCell: cell } = notebooks;
      const marking = panel && markings.get(panel);
      const found = cell && marking?.runsOf(cell);
      return found ? { cell, ...found } : null;
    };
    addCommands(app, tracker, current);
    commands.addCommand(CommandIDs.showCellMenu, {
      label: trans.__('Runs of This Cell…'),
      caption: trans.__('Open the menu of the mark beside the cell'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => current() !== null,
      execute: () => {
        const { currentWidget: panel } = notebooks;
        const runs = current();
        const mark = panel && runs && markings.get(panel)?.markOf(runs.cell);
        if (runs) {
          openMenu(menu, mark ?? runs.cell.node);
        }
      }
    });
    const hide = { type: 'separator' } as const;
    MENU.forEach(command => menu.addItem({ command }));
    menu.addItem(hide);
    menu.addItem({ command: CommandIDs.toggleCellMarks });
    contextMenu.addItem({
      type: 'submenu',
      submenu: contextMenuOf(commands, menu.title.label),
      selector: `.jp-Notebook .${HAS_RUNS}`,
      rank: 20
    });
    for (const command of [
      ...MENU,
      CommandIDs.showCellMenu,
      CommandIDs.toggleCellMarks
    ]) {
      palette?.addItem({ command, category: trans.__('Tracker') });
    }
  }
};

/** A menu can be in one place at a time: the context menu has its own. */
function contextMenuOf(
  commands: JupyterFrontEnd['commands'],
  label: string
): MenuSvg {
  const menu = new MenuSvg({ commands });
  menu.title.label = label;
  MENU.forEach(command => menu.addItem({ command }));
  return menu;
}

/** Open the menu at a mark; the keyboard returns to the mark when it closes. */
function openMenu(menu: MenuSvg, mark: HTMLElement): void {
  const { left, bottom } = mark.getBoundingClientRect();
  mark.setAttribute('aria-expanded', 'true');
  const onClose = () => {
    menu.aboutToClose.disconnect(onClose);
    mark.removeAttribute('aria-expanded');
    if (mark.isConnected) {
      mark.focus({ preventScroll: true });
    }
  };
  menu.aboutToClose.connect(onClose);
  menu.open(left, bottom + 2);
  menu.activeIndex = 0;
}

function addCommands(
  app: JupyterFrontEnd,
  tracker: ITracker,
  current: () => Runs | null
): void {
  const { commands } = app;
  const { trans } = tracker;
  const describedBy = { args: { type: 'object', properties: {} } };

  commands.addCommand(CommandIDs.openCellRun, {
    label: () => {
      const latest = current()?.row.runs[0];
      return latest
        ? trans.__('Open Run “%1”', latest.run_name)
        : trans.__('Open the Latest Run of the Cell');
    },
    caption: trans.__('Show the latest run that the active cell made'),
    icon: trackerIcon,
    describedBy,
    isEnabled: () => current() !== null,
    execute: () => {
      const runs = current();
      if (runs) {
        const { row, folder } = runs;
        const { run_id: runId } = row.runs[0];
        return commands.execute(CommandIDs.openRun, { runId, folder });
      }
    }
  });
  commands.addCommand(CommandIDs.compareCellRuns, {
    label: trans.__('Compare with the Previous Run of This Cell'),
    caption: trans.__('Compare the latest two runs that the active cell made'),
    icon: compareIcon,
    describedBy,
    isEnabled: () => current()?.row.runs[1] !== undefined,
    execute: () => {
      const runs = current();
      if (runs) {
        const { row, folder } = runs;
        // The older one first: it is what the other is held against.
        const runIds = row.runs.map(({ run_id }) => run_id).reverse();
        return commands.execute(CommandIDs.compareRuns, { runIds, folder });
      }
    }
  });
  commands.addCommand(CommandIDs.listCellRuns, {
    label: () => {
      const count = current()?.row.count ?? 0;
      return count > 0
        ? trans._n(
            'List %1 Run of This Cell',
            'List %1 Runs of This Cell',
            count
          )
        : trans.__('List the Runs of the Cell');
    },
    caption: trans.__('Show the runs of the active cell in the sidebar'),
    describedBy,
    isEnabled: () => current() !== null,
    execute: () => {
      const runs = current();
      if (runs) {
        const filter = `tags.tracker.cell.id = '${runs.row.cell_id}'`;
        return commands.execute(CommandIDs.filterRuns, { filter });
      }
    }
  });
  commands.addCommand(CommandIDs.showCellChanges, {
    label: trans.__('What Changed since the Latest Run'),
    caption: trans.__('Hold the active cell against the code that ran'),
    describedBy,
    isEnabled: () => (current()?.row.source ?? null) !== null,
    execute: async () => {
      const runs = current();
      if (runs) {
        await showChanges(app, tracker, runs);
      }
    }
  });
  commands.addCommand(CommandIDs.toggleCellMarks, {
    label: trans.__('Show Runs beside Cells'),
    caption: trans.__('Mark the cells that made runs'),
    isToggled: () => tracker.settings.cellMarks,
    describedBy,
    execute: () => tracker.change({ cellMarks: !tracker.settings.cellMarks })
  });
}

/** Show what changed in the cell, with the way on to what changed between its runs. */
async function showChanges(
  { commands }: JupyterFrontEnd,
  tracker: ITracker,
  { cell, row, folder }: Runs
): Promise<void> {
  const { trans } = tracker;
  const request = {
    folder,
    run_id: row.runs[0].run_id,
    cell_id: row.cell_id,
    source: cell.model.sharedModel.getSource()
  };
  try {
    const [changes, { CellChanges }] = await Promise.all([
      tracker.cells.changes(request),
      import(/* webpackChunkName: "cells" */ '../panels/cellChanges')
    ]);
    const compare = Dialog.createButton({
      label: trans.__('Compare with the previous run'),
      displayType: 'default'
    });
    const close = Dialog.okButton({ label: trans.__('Close') });
    const { button } = await showDialog({
      title: trans.__('What changed since the latest run'),
      body: new CellChanges(tracker, changes),
      buttons: row.runs.length > 1 ? [compare, close] : [close],
      defaultButton: row.runs.length > 1 ? 1 : 0
    });
    if (button.label === compare.label) {
      await commands.execute(CommandIDs.compareCellRuns);
    }
  } catch (error) {
    Notification.error(asApiError(error).message, { autoClose: 10_000 });
  }
}
