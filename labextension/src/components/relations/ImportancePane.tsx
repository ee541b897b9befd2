import * as React from 'react';

import { FEWEST_RUNS, importances } from '../../models/importance';
import { useTrans } from '../common/context';
import { EmptyState } from '../common/message';
import { DimensionSelect, useChosen } from './DimensionSelect';
import type { PaneProps } from './props';

const MOST_SHOWN = 30;

/** Which params a metric goes along with, the most first. */
export function ImportancePane(props: PaneProps): JSX.Element {
  const { dimensions, metrics, runs } = props;
  const trans = useTrans();
  const [metric = metrics[0], setMetric] = useChosen(metrics, metrics[0]);
  const found = importances(dimensions, metric).slice(0, MOST_SHOWN);
  return (
    <div className="jp-tracker-relation">
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Axes')}
      >
        <DimensionSelect
          label={trans.__('Metric')}
          dimensions={metrics}
          chosen={metric}
          onChoose={setMetric}
        />
        <small>
          {trans.__(
            'Rank correlation over %1 runs. What goes along need not be the cause.',
            runs.length
          )}
        </small>
      </div>
      {found.length === 0 ? (
        <EmptyState
          title={trans.__('Too few runs to tell')}
          children={
            <p>
              {trans.__(
                'It takes at least %1 runs with a param and the metric.',
                FEWEST_RUNS
              )}
            </p>
          }
        />
      ) : (
        <table className="jp-tracker-importance">
          <caption>{trans.__('What %1 goes along with', metric.key)}</caption>
          <tbody>
            {found.map(({ key, strength, sign, count }) => (
              <tr key={key}>
                <th scope="row" title={key}>
                  {key}
                </th>
                <td>
                  <div
                    className="jp-tracker-importance-bar"
                    data-sign={sign}
                    style={{ width: `${Math.round(strength * 100)}%` }}
                  />
                </td>
                <td title={trans._n('%1 run', '%1 runs', count)}>
                  {strength.toFixed(2)}
                  <span>{meaning(sign, trans)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function meaning(sign: number, trans: ReturnType<typeof useTrans>): string {
  if (sign === 0) {
    return trans.__('differs by value');
  }
  return sign > 0 ? trans.__('rises with it') : trans.__('falls with it');
}
