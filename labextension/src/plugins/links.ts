import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { CommandIDs, ITracker } from '../tokens';
import { runOf } from './link';

/** Makes the links of run cards in notebooks open the run. */
export const linksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:links',
  description: 'Opens runs from the cards that cells show.',
  autoStart: true,
  requires: [ITracker],
  activate: (app: JupyterFrontEnd, tracker: ITracker): void => {
    document.addEventListener(
      'click',
      event => {
        const runId = runOf(event);
        if (runId === null) {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
        const folder = tracker.runs.state.folder ?? '';
        void app.commands.execute(CommandIDs.showRuns, { reveal: runId });
        void app.commands.execute(CommandIDs.openRun, { runId, folder });
      },
      // Before JupyterLab's own handling of links, which would jump to a heading of that name.
      true
    );
  }
};
