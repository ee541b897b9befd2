import * as React from 'react';

import { Arranger } from '../../models/views/arranger';
import { MOST_RUNS } from '../../models/compare/facts';
import { useTrans } from '../common/context';
import type { ComparisonTableProps } from './ComparisonTable';
import { ComparisonTable } from './ComparisonTable';
import { RowChooser } from './RowChooser';
import { TakeAlong } from './TakeAlong';
import { useAllSections } from './useSections';

/** The table of what runs differ in, below what it is arranged and taken along with. */
export function TablePart(props: ComparisonTableProps): JSX.Element {
  const { model, preferences } = props;
  const trans = useTrans();
  const sections = useAllSections(props);
  const arranger = React.useMemo(
    () => new Arranger(model, preferences),
    [model, preferences]
  );
  const count = model.state.runs.length;
  return (
    <section className="jp-tracker-part" aria-label={trans.__('Differences')}>
      <div className="jp-tracker-part-header">
        <h2>{trans.__('Params and metrics')}</h2>
        {count > 1 && (
          <label className="jp-tracker-check">
            <input
              type="checkbox"
              checked={preferences.view.differencesOnly}
              onChange={event =>
                preferences.setView({ differencesOnly: event.target.checked })
              }
            />
            {trans.__('Differences only')}
          </label>
        )}
        <RowChooser sections={sections} arranger={arranger} />
        {count > MOST_RUNS && (
          <small>
            {trans.__(
              'Environment and packages of the first %1 runs',
              MOST_RUNS
            )}
          </small>
        )}
        <TakeAlong {...props} />
      </div>
      <ComparisonTable {...props} />
    </section>
  );
}
