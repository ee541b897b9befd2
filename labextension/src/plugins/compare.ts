import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  IThemeManager,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';

import { INotebookTracker } from '@jupyterlab/notebook';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { compareIcon } from '../icons';
import type { ComparePanel } from '../panels/compare';
import { CommandIDs, ITracker } from '../tokens';
import { textOf, textsOf } from './args';
import { debounced } from './debounced';
import { insertCell } from './newCell';
import { place } from './place';

type CompareWidget = MainAreaWidget<ComparePanel>;

/** Adds the comparison of runs in the main area. */
export const comparePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:compare',
  description: 'Compares runs of the experiment tracker in the main area.',
  autoStart: true,
  requires: [ITracker],
  optional: [
    ILayoutRestorer,
    ICommandPalette,
    IThemeManager,
    ILabShell,
    INotebookTracker
  ],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null,
    notebooks: INotebookTracker | null
  ): void => {
    const { commands, shell } = app;
    const { trans, selection } = tracker;
    const opened = new WidgetTracker<CompareWidget>({
      namespace: 'tracker-compare'
    });

    const create = async (
      runIds: readonly string[],
      folder: string,
      kept: unknown
    ): Promise<CompareWidget> => {
      // The charts and their view are loaded when somebody first compares.
      const { ComparePanel } = await import(
        /* webpackChunkName: "compare" */ '../panels/compare'
      );
      tracker.colors.distinguish(runIds);
      const content = new ComparePanel({
        tracker,
        folder,
        runIds,
        kept,
        themeChanged: themes?.themeChanged ?? null,
        openCode: code => {
          const isIn = insertCell(
            notebooks,
            id => shell.activateById(id),
            code
          );
          if (!isIn) {
            Clipboard.copyToSystem(code);
          }
          return isIn ? 'cell' : 'clipboard';
        },
        viewActions: panel => ({
          onSave: viewCommand(commands, CommandIDs.saveView, panel),
          onOpen: viewCommand(commands, CommandIDs.openView),
          onLink: viewCommand(commands, CommandIDs.copyViewLink, panel)
        }),
        onOpen: runId =>
          void commands.execute(CommandIDs.openRun, { runId, folder })
      });
      const widget = new MainAreaWidget({ content });
      widget.toolbar.hide();
      widget.id = `tracker-compare-${nextNumber()}`;
      widget.title.icon = compareIcon;
      widget.title.closable = true;
      const name = () => {
        const count = content.model.runIds.length;
        widget.title.label = trans._n(
          'Compare %1 run',
          'Compare %1 runs',
          count
        );
        widget.title.caption = trans.__('Compare runs of %1', folder || '/');
      };
      name();
      content.model.runIdsChanged.connect(() => {
        name();
      });
      const save = debounced(() => void opened.save(widget));
      content.model.arranged.connect(save);
      content.preferences.changed.connect(save);
      return widget;
    };

    commands.addCommand(CommandIDs.compareRuns, {
      label: trans.__('Compare Runs'),
      caption: trans.__('Compare the ticked runs side by side'),
      icon: compareIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            runIds: {
              type: 'array',
              items: { type: 'string' },
              description: trans.__(
                'The ids of the runs; without them the ticked ones'
              )
            },
            folder: {
              type: 'string',
              description: trans.__('The folder whose store has the runs')
            },
            kept: {
              type: 'object',
              description: trans.__(
                'How to look at them: chart, axes, baseline, columns'
              )
            }
          }
        }
      },
      isEnabled: args =>
        Array.isArray(args.runIds) || selection.runIds.length > 0,
      execute: async args => {
        const runIds = textsOf(args, 'runIds') ?? selection.runIds;
        const folder =
          textOf(args, 'folder') ?? tracker.runs.state.folder ?? '';
        const same = opened.find(
          ({ content }) =>
            content.model.folder === folder &&
            isSameSet(content.model.runIds, runIds)
        );
        const widget = same ?? (await create(runIds, folder, args.kept));
        if (!same) {
          await opened.add(widget);
        }
        place(shell, labShell, widget, 'Compare runs');
        return widget;
      }
    });
    const steps: [string, string, number][] = [
      [CommandIDs.nextChart, trans.__('Next Chart of Comparison'), 1],
      [CommandIDs.previousChart, trans.__('Previous Chart of Comparison'), -1]
    ];
    for (const [command, label, by] of steps) {
      commands.addCommand(command, {
        label,
        caption: trans.__('Show another tab of the comparison in front'),
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => opened.currentWidget?.isVisible === true,
        execute: () => opened.currentWidget?.content.showChartAfter(by)
      });
    }
    for (const command of [
      CommandIDs.compareRuns,
      CommandIDs.nextChart,
      CommandIDs.previousChart
    ]) {
      palette?.addItem({ command, category: trans.__('Tracker') });
    }
    if (restorer) {
      void restorer.restore(opened, {
        command: CommandIDs.compareRuns,
        args: ({ content, content: { model } }) => ({
          runIds: [...model.runIds],
          folder: model.folder,
          kept: content.kept as unknown as ReadonlyPartialJSONObject
        }),
        name: ({ content: { model } }) =>
          `${model.folder}:${[...model.runIds].sort().join(',')}`
      });
    }
  }
};

/** Return what calls a command with a comparison; null where nobody added the command. */
function viewCommand(
  commands: JupyterFrontEnd['commands'],
  command: string,
  panel?: ComparePanel
): (() => void) | null {
  if (!commands.hasCommand(command)) {
    return null;
  }
  return () => {
    const place = panel && {
      folder: panel.model.folder,
      runIds: panel.model.runIds,
      kept: panel.kept
    };
    const args = { ...place } as unknown as ReadonlyPartialJSONObject;
    void commands.execute(command, args);
  };
}

let number = 0;

function nextNumber(): number {
  number += 1;
  return number;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const ids = new Set(a);
  return ids.size === new Set(b).size && b.every(id => ids.has(id));
}
