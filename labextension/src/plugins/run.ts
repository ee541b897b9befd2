import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  IThemeManager,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { trackerIcon } from '../icons';
import { FAVOURITE } from '../models/runs/edits';
import type { RunPanel } from '../panels/run';
import { CommandIDs, ITracker } from '../tokens';
import { textOf } from './args';
import { clickedRun } from './clicked';
import { debounced } from './debounced';
import { place } from './place';

type RunWidget = MainAreaWidget<RunPanel>;

/** Adds the view of one run in the main area. */
export const runPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:run',
  description: 'Shows one run of the experiment tracker in the main area.',
  autoStart: true,
  requires: [ITracker, IRenderMimeRegistry],
  optional: [ILayoutRestorer, IThemeManager, ILabShell, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    rendermime: IRenderMimeRegistry,
    restorer: ILayoutRestorer | null,
    themes: IThemeManager | null,
    labShell: ILabShell | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, shell } = app;
    const { trans } = tracker;
    const opened = new WidgetTracker<RunWidget>({ namespace: 'tracker-run' });

    const create = async (
      runId: string,
      folder: string,
      section: string | null,
      artifact: string | null,
      kept: unknown
    ): Promise<RunWidget> => {
      const { RunPanel } = await import(
        /* webpackChunkName: "run" */ '../panels/run'
      );
      const content = new RunPanel({
        tracker,
        folder,
        runId,
        themeChanged: themes?.themeChanged ?? null,
        rendermime,
        serverSettings: app.serviceManager.serverSettings,
        section,
        artifact,
        kept,
        onCancel: runId =>
          void commands.execute(CommandIDs.cancelRun, { runId, folder }),
        // Where there are no notebooks there is nothing to go back to.
        onMenu: commands.hasCommand(CommandIDs.showRunMenu)
          ? runId =>
              void commands.execute(CommandIDs.showRunMenu, { runId, folder })
          : null,
        onOpen: runId =>
          void commands.execute(CommandIDs.openRun, { runId, folder })
      });
      const widget = new MainAreaWidget({ content });
      widget.toolbar.hide();
      widget.id = `tracker-run-${runId}`;
      Object.assign(widget.node.dataset, {
        trackerRun: runId,
        trackerFolder: folder
      });
      widget.title.icon = trackerIcon;
      widget.title.closable = true;
      const name = () => {
        const [run] = content.model.state.runs;
        widget.title.label = run?.run_name ?? trans.__('Run');
        widget.title.caption = trans.__('Run %1', runId);
        const isFavourite = run?.tags[FAVOURITE] === 'true';
        widget.node.dataset.trackerFavourite = String(isFavourite);
      };
      name();
      content.model.changed.connect(name);
      // Which artifact was looked at, and how charts were, is part of the layout.
      const save = () => void opened.save(widget);
      content.place.changed.connect(save);
      content.preferences.changed.connect(debounced(save));
      return widget;
    };

    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Open Run'),
      caption: trans.__('Show one run: its params, metrics and artifacts'),
      icon: trackerIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            runId: {
              type: 'string',
              description: trans.__('The id of the run')
            },
            folder: {
              type: 'string',
              description: trans.__('The folder whose store has the run')
            },
            section: {
              type: 'string',
              description: trans.__('The section of the page to scroll to')
            },
            artifact: {
              type: 'string',
              description: trans.__('The path of an artifact to look at')
            },
            view: {
              type: 'object',
              description: trans.__(
                'How to look at its charts: axes, smoothing, zoom'
              )
            }
          }
        }
      },
      execute: async args => {
        const runId = textOf(args, 'runId') ?? clickedRun(app) ?? '';
        const folder =
          textOf(args, 'folder') ?? tracker.runs.state.folder ?? '';
        const same = opened.find(
          ({ content: { model } }) =>
            model.folder === folder && model.runIds[0] === runId
        );
        const artifact = textOf(args, 'artifact') ?? null;
        const section =
          (textOf(args, 'section') ?? (artifact === null ? '' : 'artifacts')) ||
          null;
        const widget =
          same ?? (await create(runId, folder, section, artifact, args.view));
        if (same && section !== null) {
          same.content.place.go(section, artifact);
        }
        if (!same) {
          await opened.add(widget);
        }
        place(shell, labShell, widget, 'Run');
        return widget;
      }
    });
    /** The run that the list has so many after the one in front. */
    const neighbour = (by: number) => {
      const page = opened.currentWidget;
      const { runs } = tracker.runs.state;
      const runId = page?.content.model.runIds[0];
      const at = runs.findIndex(run => run.run_id === runId);
      const isSame = page?.content.model.folder === tracker.runs.state.folder;
      return page?.isVisible && isSame && at >= 0 ? runs[at + by] : undefined;
    };
    const steps: [string, string, number][] = [
      [CommandIDs.nextRun, trans.__('Next Run'), 1],
      [CommandIDs.previousRun, trans.__('Previous Run'), -1]
    ];
    for (const [command, label, by] of steps) {
      commands.addCommand(command, {
        label,
        caption: trans.__('Show another run of the list in place of this one'),
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled: () => neighbour(by) !== undefined,
        execute: async () => {
          const before = opened.currentWidget;
          const run = neighbour(by);
          if (!before || !run) {
            return;
          }
          const runId = run.run_id;
          const { folder } = before.content.model;
          await commands.execute(CommandIDs.openRun, { runId, folder });
          // What somebody is writing stays open.
          if (!before.node.querySelector('textarea, h1 + input, form :focus')) {
            before.dispose();
          }
        }
      });
      palette?.addItem({ command, category: trans.__('Tracker') });
    }
    if (restorer) {
      void restorer.restore(opened, {
        command: CommandIDs.openRun,
        args: ({ content: { model, place, kept } }) => ({
          runId: model.runIds[0],
          folder: model.folder,
          // The artifact that was looked at, without going there.
          section: '',
          ...(place.path === null ? {} : { artifact: place.path }),
          ...(Object.keys(kept).length === 0
            ? {}
            : { view: kept as ReadonlyPartialJSONObject })
        }),
        name: ({ content: { model } }) => `${model.folder}:${model.runIds[0]}`
      });
    }
  }
};
