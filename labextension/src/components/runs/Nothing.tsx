import * as React from 'react';

import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';

const FIRST_CELL = '%load_ext tracker';
const OTHER_EXPERIMENT = '%%track -e NAME';
const SECOND_CELL = "%%track\nlr = 0.1\ntracker.log_metric('loss', lr / 2)";

/** Nothing was recorded in this folder yet: here is how. */
export function NoStore(): JSX.Element {
  const trans = useTrans();
  return (
    <EmptyState title={trans.__('No runs here yet')}>
      <p>{trans.__('Load tracker once in a notebook of this folder:')}</p>
      <pre>{FIRST_CELL}</pre>
      <p>
        {trans.__('Then put %1 on top of the cell that trains:', '%%track')}
      </p>
      <pre>{SECOND_CELL}</pre>
      <p>
        {trans.__(
          'Its params, metrics, figures and output become a run, which appears here while it trains.'
        )}
      </p>
    </EmptyState>
  );
}

/** The experiment that was chosen has no runs. */
export function NoRuns(): JSX.Element {
  const trans = useTrans();
  return (
    <EmptyState title={trans.__('No runs in this experiment yet')}>
      <p>{trans.__('Record one into it with:')}</p>
      <pre>{OTHER_EXPERIMENT}</pre>
    </EmptyState>
  );
}

/** No run was marked. */
export function NoFavourites(props: { onEverything: () => void }): JSX.Element {
  const trans = useTrans();
  return (
    <EmptyState title={trans.__('No favourites here')}>
      <p>
        {trans.__(
          'The star beside a run’s name, or the key F, marks it. The mark is a tag of the run and goes with it.'
        )}
      </p>
      <p>
        <button
          type="button"
          className="jp-tracker-button"
          onClick={props.onEverything}
        >
          {trans.__('Show all runs')}
        </button>
      </p>
    </EmptyState>
  );
}

/** The filter leaves nothing. */
export function NoMatch(props: {
  filter: string;
  onClear: () => void;
}): JSX.Element {
  const trans = useTrans();
  return (
    <EmptyState title={trans.__('No run matches')}>
      <p>
        <code>{props.filter}</code>
      </p>
      <p>
        <button
          type="button"
          className="jp-tracker-button"
          onClick={props.onClear}
        >
          {trans.__('Clear filter')}
        </button>
      </p>
    </EmptyState>
  );
}
