/** The command IDs of the labextension. */
export namespace CommandIDs {
  /** Reveal the list of runs. */
  export const showRuns = 'tracker:show-runs';
  /** Reveal the list of runs and filter it: `{filter}`. */
  export const filterRuns = 'tracker:filter-runs';
  /** Show which stores there are to choose from. */
  export const chooseStore = 'tracker:choose-store';
  /** Open another store: `{location}`, without it one is asked for. */
  export const openStore = 'tracker:open-store';
  /** List the runs of the notebook in front only, or all. */
  export const toggleNotebookOnly = 'tracker:toggle-notebook-only';
  /** Show the next chart, or two runs side by side, of the comparison in front. */
  export const nextChart = 'tracker:next-chart';
  export const previousChart = 'tracker:previous-chart';
  /** Show the run that the list has after the one in front. */
  export const nextRun = 'tracker:next-run';
  export const previousRun = 'tracker:previous-run';
  /** Read the list of runs again. */
  export const refreshRuns = 'tracker:refresh-runs';
  /** Take away every tick. */
  export const clearSelection = 'tracker:clear-selection';
  /** Compare runs: `{runIds, folder}`, without them the ticked ones. */
  export const compareRuns = 'tracker:compare-runs';
  /** Keep a comparison under a name: `{name, folder, runIds, kept}`. */
  export const saveView = 'tracker:save-view';
  /** Open a comparison that has a name: `{name}`, without it a choice is offered. */
  export const openView = 'tracker:open-view';
  /** Forget the name of a comparison: `{name}`. */
  export const removeView = 'tracker:remove-view';
  /** Put the link to a comparison into the clipboard: `{folder, runIds, kept}`. */
  export const copyViewLink = 'tracker:copy-view-link';
  /** Open the comparison that the page's address names. */
  export const openViewLink = 'tracker:open-view-link';
  /** Open one run: `{runId, folder}`. */
  export const openRun = 'tracker:open-run';
  /** Show the runs, or one run, outside JupyterLab: `{runId}`. */
  export const openPage = 'tracker:open-page';
  /** Ask, and end a running project: `{runId, folder}`. */
  export const cancelRun = 'tracker:cancel-run';
  /** Ask for another name of a run: `{runId, folder}`. */
  export const renameRun = 'tracker:rename-run';
  /** Put runs into the bin: `{runIds, folder}`, without them the one that was right-clicked. */
  export const deleteRuns = 'tracker:delete-runs';
  /** Take runs out of the bin: `{runIds, folder}`. */
  export const restoreRuns = 'tracker:restore-runs';
  /** List the runs in the bin, or those in use. */
  export const toggleDeleted = 'tracker:toggle-deleted';
  /** Open the menu of the mark beside the active cell. */
  export const showCellMenu = 'tracker:show-cell-menu';
  /** Open the latest run of the active cell. */
  export const openCellRun = 'tracker:open-cell-run';
  /** Compare the latest two runs of the active cell. */
  export const compareCellRuns = 'tracker:compare-cell-runs';
  /** List the runs of the active cell. */
  export const listCellRuns = 'tracker:list-cell-runs';
  /** Show how the active cell differs from what it was for its latest run. */
  export const showCellChanges = 'tracker:show-cell-changes';
  /** Show or hide the marks beside cells that made runs. */
  export const toggleCellMarks = 'tracker:toggle-cell-marks';
  /** Show the cell that made a run: `{runId, folder}`, as all that follow. */
  export const revealCell = 'tracker:reveal-cell';
  /** Write a run's code as a notebook, and open that. */
  export const openNotebook = 'tracker:open-as-notebook';
  /** Ask for other params, and run a run again. */
  export const runAgain = 'tracker:run-again';
  /** Execute a run's code and see whether it gives the same. */
  export const verifyRun = 'tracker:verify-run';
  /** Write a run's code as an MLproject. */
  export const exportProject = 'tracker:export-project';
  /** Open the menu of what can be done with a run. */
  export const showRunMenu = 'tracker:show-run-menu';
  /** Put the id of a run into the clipboard: `{runId}`. */
  export const copyRunId = 'tracker:copy-run-id';
  /** Mark runs as favourites, or take the mark away: `{runIds, folder}`. */
  export const toggleFavourite = 'tracker:toggle-favourite';
  /** Leave runs out of the charts, or draw them again: `{runIds}`. */
  export const toggleHidden = 'tracker:toggle-hidden';
}
