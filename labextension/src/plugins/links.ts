import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { CommandIDs, ITracker } from '../tokens';
import { followLinks, runOf } from './link';

/** Makes the links of run cards in notebooks open the run. */
export const linksPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:links',
  description: 'Opens runs from the cards that cells show.',
  autoStart: true,
  requires: [ITracker],
  activate: (app: JupyterFrontEnd, tracker: ITracker): void => {
    followLinks(runOf, runId => {
      // A card is of a run of the notebook's own store, whichever the list looks at.
      const folder = tracker.stores.followed ?? '';
      if (tracker.stores.chosen === null) {
        void app.commands.execute(CommandIDs.showRuns, { reveal: runId });
      }
      void app.commands.execute(CommandIDs.openRun, { runId, folder });
    });
  }
};
