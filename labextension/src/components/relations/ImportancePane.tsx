import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Dimension } from '../../models/runs/dimensions';
import type { Importance } from '../../models/charts/importance';
import { FEWEST_RUNS, importances } from '../../models/charts/importance';
import type { ImportanceAnswer } from '../../wire';
import { ChartActions } from '../charts/ChartActions';
import { plotImage } from '../charts/image';
import { bars } from '../charts/relations';
import { useTheme } from '../charts/theme';
import { useTrans } from '../common/context';
import { EmptyState, ErrorBar } from '../common/message';
import { Select } from '../common/Select';
import { DimensionSelect } from './DimensionSelect';
import type { ImportanceBar } from './ImportanceBars';
import { ImportanceBars } from './ImportanceBars';
import type { PaneProps } from './props';
import { axisOf, figureAxis } from './useAxis';
import type { Forest } from './useForest';
import { useForest } from './useForest';

const MOST_SHOWN = 30;
const METHOD = 'importance.method';
const INSTALL = 'pip install scikit-learn';

/** Which params a metric goes along with, or what a forest needs to foretell it. */
export function ImportancePane(props: PaneProps): JSX.Element {
  const { model, dimensions, metrics, params, preferences, runs } = props;
  const trans = useTrans();
  const theme = useTheme();
  const { axes } = preferences.view;
  const method = axes[METHOD] === 'forest' ? 'forest' : 'correlation';
  const axis = axisOf(
    preferences,
    'importance.metric',
    trans.__('Metric'),
    metrics,
    metrics[0]
  );
  const metric = axis.chosen;
  const forest = useForest(model, runs, metric.key, method === 'forest');
  const shown =
    method === 'forest'
      ? forestBars(forest.answer, trans)
      : correlationBars(importances(dimensions, metric), trans);
  return (
    <div className="jp-tracker-relation">
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Axes')}
      >
        <DimensionSelect axis={axis} />
        <label>
          {trans.__('Measure')}
          <Select
            label={trans.__('Measure')}
            value={method}
            onChange={value =>
              preferences.setView({ axes: { ...axes, [METHOD]: value } })
            }
          >
            <option value="correlation">{trans.__('Rank correlation')}</option>
            <option value="forest">
              {trans.__('Permutation importance of a forest')}
            </option>
          </Select>
        </label>
        <small>{noteOf(method, forest.answer, runs.length, trans)}</small>
        {shown.length > 0 && (
          <ChartActions
            name={trans.__('Importance for %1', metric.key)}
            figure={{
              kind: 'importance',
              params: params.map(figureAxis),
              metric: figureAxis(metric),
              method
            }}
            runs={runs}
            image={format =>
              plotImage(size => bars(shown, { theme, size }), format)
            }
          />
        )}
      </div>
      {shown.length > 0 ? (
        <ImportanceBars
          caption={captionOf(method, metric, trans)}
          bars={shown.slice(0, MOST_SHOWN)}
        />
      ) : (
        <NoBars method={method} forest={forest} />
      )}
    </div>
  );
}

type Method = 'correlation' | 'forest';

function correlationBars(
  found: readonly Importance[],
  trans: TranslationBundle
): ImportanceBar[] {
  const meanings = {
    '-1': trans.__('falls with it'),
    '0': trans.__('differs by value'),
    '1': trans.__('rises with it')
  };
  return found.map(({ key, strength, sign, count }) => ({
    key,
    sign,
    share: strength,
    text: strength.toFixed(2),
    note: meanings[`${sign}`],
    title: trans._n('%1 run', '%1 runs', count)
  }));
}

function forestBars(
  answer: ImportanceAnswer | null,
  trans: TranslationBundle
): ImportanceBar[] {
  const rows = answer?.params ?? [];
  const most = Math.max(...rows.map(row => row.importance), 1e-9);
  return rows.map(({ key, importance, spread }) => ({
    key,
    sign: 1,
    share: Math.max(0, importance / most),
    text: importance.toFixed(2),
    note: `± ${spread.toFixed(2)}`,
    title: trans.__(
      'How much larger the error grows where the values are shuffled, as a share of the spread of the metric'
    )
  }));
}

function captionOf(
  method: Method,
  metric: Dimension,
  trans: TranslationBundle
): string {
  return method === 'forest'
    ? trans.__('What a forest needs to foretell %1', metric.key)
    : trans.__('What %1 goes along with', metric.key);
}

/** What to know about the numbers before one believes them. */
function noteOf(
  method: Method,
  answer: ImportanceAnswer | null,
  count: number,
  trans: TranslationBundle
): string {
  if (method === 'correlation') {
    return trans.__(
      'Rank correlation over %1 runs. What goes along need not be the cause.',
      count
    );
  }
  if (answer?.state !== 'computed' || answer.score === null) {
    return '';
  }
  const percent = Math.max(0, Math.round(100 * answer.score));
  return percent < 20
    ? trans.__(
        'The forest foretells %1 % of the variance of runs that it did not see (%2 runs): too little to trust this.',
        percent,
        answer.runs
      )
    : trans.__(
        'The forest foretells %1 % of the variance of runs that it did not see (%2 runs).',
        percent,
        answer.runs
      );
}

function NoBars(props: { method: Method; forest: Forest }): JSX.Element {
  const { answer, error, retry } = props.forest;
  const trans = useTrans();
  if (props.method === 'correlation') {
    return (
      <EmptyState title={trans.__('Too few runs to tell')}>
        <p>
          {trans.__(
            'It takes at least %1 runs with a param and the metric.',
            FEWEST_RUNS
          )}
        </p>
      </EmptyState>
    );
  }
  if (error) {
    return (
      <ErrorBar
        message={error.message}
        action={trans.__('Try again')}
        onAction={retry}
      />
    );
  }
  switch (answer?.state) {
    case undefined:
      return <EmptyState title={trans.__('The forest is growing…')} />;
    case 'not_installed':
      return (
        <EmptyState title={trans.__('scikit-learn is not installed')}>
          <p>
            {trans.__(
              'Install it where Jupyter Server runs, or look at the rank correlation:'
            )}
          </p>
          <pre>{INSTALL}</pre>
        </EmptyState>
      );
    default:
      return (
        <EmptyState title={trans.__('Too few runs to tell')}>
          <p>
            {trans.__(
              'A forest takes at least 10 runs that have the metric and differ in a param; there are %1.',
              answer?.runs ?? 0
            )}
          </p>
        </EmptyState>
      );
  }
}
