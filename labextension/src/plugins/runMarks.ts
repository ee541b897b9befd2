import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { FAVOURITE } from '../models/runs/edits';
import { CommandIDs, ITracker } from '../tokens';
import { someRuns, textOf } from './args';
import { ROW, runIdsOf } from './clicked';

/** Adds what marks runs: favourites, and those that charts leave out. */
export const runMarksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:run-marks',
  description: 'Marks runs of the experiment tracker as favourites, or hides.',
  autoStart: true,
  requires: [ITracker],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: ITracker,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const { editor, hidden, runs, selection, trans } = tracker;
    const folderOf = (args: ReadonlyPartialJSONObject) =>
      textOf(args, 'folder') ??
      (args.isFocused === true ? pageInFront(app)?.trackerFolder : undefined) ??
      runs.state.folder ??
      '';
    const meantBy = (args: ReadonlyPartialJSONObject): readonly string[] => {
      if (args.isFocused !== true) {
        return runIdsOf(app, selection, args);
      }
      const page = pageInFront(app);
      return page ? [page.trackerRun ?? ''] : selection.runIds;
    };
    const isFavourite = (
      runIds: readonly string[],
      args: ReadonlyPartialJSONObject
    ) => {
      const page = args.isFocused === true ? pageInFront(app) : undefined;
      if (page) {
        return page.trackerFavourite === 'true';
      }
      const row = app.contextMenuHitTest(node => node.matches(ROW));
      if (row && runIds.length === 1 && row.dataset.runId === runIds[0]) {
        return row.dataset.favourite !== undefined;
      }
      const rows = runs.state.runs.filter(run => runIds.includes(run.run_id));
      return (
        rows.length > 0 && rows.every(run => run.tags[FAVOURITE] === 'true')
      );
    };
    const areHidden = (runIds: readonly string[]) =>
      runIds.length > 0 && runIds.every(id => hidden.has(id));
    const { type, properties } = someRuns(trans);
    const describedBy = {
      args: {
        type,
        properties: {
          ...properties,
          isFocused: {
            type: 'boolean',
            description: trans.__(
              'Whether the run whose page is in front is meant, or the ticked ones'
            )
          }
        }
      }
    };

    commands.addCommand(CommandIDs.toggleFavourite, {
      label: args =>
        isFavourite(meantBy(args), args)
          ? trans.__('Remove from Favourites')
          : trans.__('Mark as Favourite'),
      caption: trans.__('Mark runs with a star, or take it away'),
      describedBy,
      isEnabled: args => args.isFocused !== true || meantBy(args).length > 0,
      execute: args => {
        const runIds = meantBy(args);
        return editor.favour(
          folderOf(args),
          runIds,
          !isFavourite(runIds, args)
        );
      }
    });
    commands.addCommand(CommandIDs.toggleHidden, {
      label: args =>
        areHidden(meantBy(args))
          ? trans.__('Draw in Charts')
          : trans.__('Hide from Charts'),
      caption: trans.__('Leave runs out of the charts, or draw them again'),
      describedBy,
      isEnabled: args => args.isFocused !== true || meantBy(args).length > 0,
      execute: args => {
        const runIds = meantBy(args);
        hidden.setAll(runIds, !areHidden(runIds));
      }
    });
    [CommandIDs.toggleFavourite, CommandIDs.toggleHidden].forEach(
      (command, i) => {
        app.contextMenu.addItem({ command, selector: ROW, rank: 1 + i / 10 });
        const category = trans.__('Tracker');
        palette?.addItem({ command, category, args: { isFocused: true } });
      }
    );
  }
};

/** What is known of the run whose page is in front; undefined where the list is worked in. */
function pageInFront(app: JupyterFrontEnd): DOMStringMap | undefined {
  const isInList = document.activeElement?.closest('.jp-tracker-panel');
  const data = app.shell.currentWidget?.node.dataset;
  return !isInList && data?.trackerRun !== undefined ? data : undefined;
}
