import * as React from 'react';

import { CommandIDs } from '../../commands';
import type { ExperimentRow } from '../../wire';
import { IconButton } from '../common/IconButton';
import { useHints, useTrans } from '../common/context';
import { ExperimentPicker } from './ExperimentPicker';

/** Whose runs are listed, and the button that reads them again. */
export function Toolbar(props: {
  experiments: readonly ExperimentRow[];
  experimentId: string | null;
  /** The name of the notebook in front; null where there is none. */
  notebook: string | null;
  notebookOnly: boolean;
  onNotebookOnly: (notebookOnly: boolean) => void;
  favouritesOnly: boolean;
  onFavouritesOnly: (favouritesOnly: boolean) => void;
  view: 'active' | 'deleted';
  onView: (view: 'active' | 'deleted') => void;
  onExperiment: (experimentId: string | null) => void;
  onRefresh: () => void;
}): JSX.Element {
  const trans = useTrans();
  const hint = useHints();
  const isBin = props.view === 'deleted';
  return (
    <div className="jp-tracker-toolbar">
      <ExperimentPicker
        experiments={props.experiments}
        experimentId={props.experimentId}
        onExperiment={props.onExperiment}
      />
      <IconButton
        icon="star"
        label={trans.__('Favourites')}
        title={
          props.favouritesOnly
            ? trans.__('Show all runs')
            : trans.__('Only favourites')
        }
        aria-pressed={props.favouritesOnly}
        onClick={() => props.onFavouritesOnly(!props.favouritesOnly)}
      />
      <IconButton
        icon="notebook"
        label={trans.__('This notebook')}
        title={
          props.notebook === null
            ? trans.__('Only runs of the notebook in front: there is none')
            : hint(
                trans.__('Only runs of %1', props.notebook),
                CommandIDs.toggleNotebookOnly
              )
        }
        aria-pressed={props.notebookOnly}
        disabled={props.notebook === null && !props.notebookOnly}
        onClick={() => props.onNotebookOnly(!props.notebookOnly)}
      />
      <IconButton
        icon="bin"
        label={trans.__('Deleted runs')}
        title={
          isBin
            ? trans.__('Back to the runs in use')
            : trans.__('Show deleted runs')
        }
        aria-pressed={isBin}
        onClick={() => props.onView(isBin ? 'active' : 'deleted')}
      />
      <IconButton
        icon="refresh"
        label={trans.__('Refresh runs')}
        title={hint(trans.__('Refresh runs'), CommandIDs.refreshRuns)}
        onClick={props.onRefresh}
      />
    </div>
  );
}
