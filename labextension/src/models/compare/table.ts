import type { TranslationBundle } from '@jupyterlab/translation';

import {
  formatAlike,
  formatDuration,
  formatTime,
  statusName
} from '../../format';
import type { MetricRow, RunRow } from '../../wire';
import type { Facts } from './facts';
import { toNumber } from '../../wire';
import type { Delta } from './deltas';
import { deltaOf } from './deltas';
import type { Direction } from '../runs/metrics';
import { isSystemMetric } from '../runs/metrics';

/** What a row of the comparison tells. */
export type RowKind =
  | 'attribute'
  | 'param'
  | 'metric'
  | 'tag'
  | 'environment'
  | 'package'
  | 'git'
  | 'dataset';

/** One value of one run. */
export interface Cell {
  /** The exact value as text; null where the run has none. */
  readonly value: string | null;
  /** What is shown. */
  readonly text: string;
  /** What is told on hover. */
  readonly title: string;
  /** Whether it is the best of its row. */
  readonly isBest: boolean;
  /** How far it lies from the baseline; null for the baseline itself and for what is no metric. */
  readonly delta: Delta | null;
}

/** One thing that runs have in common or differ in. */
export interface Row {
  readonly kind: RowKind;
  readonly key: string;
  readonly label: string;
  /** One cell a run, in the order of the runs. */
  readonly cells: readonly Cell[];
  readonly differs: boolean;
  /** Which values of a metric are good ones; null for what is no metric. */
  readonly direction: Direction | null;
}

/** Rows of one kind under a heading. */
export interface Section {
  readonly kind: RowKind | 'pinned';
  readonly label: string;
  readonly rows: readonly Row[];
}

/** What the table needs beside the runs. */
export interface TableOptions {
  trans: TranslationBundle;
  experiments: ReadonlyMap<string, string>;
  directionOf: (key: string) => Direction;
  /** Index of the run that the others are held against; null where there is none. */
  baseline: number | null;
  now: number;
  /** What the runs kept of their surroundings; null while it is not read. */
  facts: Facts | null;
}

const INTERNAL_TAG = /^(mlflow|tracker)\./;

/** Return params, metrics, tags and facts of runs side by side, empty sections left out. */
export function compareRuns(
  runs: readonly RunRow[],
  options: TableOptions
): Section[] {
  const { trans } = options;
  const metrics = metricRows(runs, options);
  const sections: Section[] = [
    { kind: 'param', label: trans.__('Params'), rows: paramRows(runs) },
    {
      kind: 'metric',
      label: trans.__('Metrics'),
      rows: metrics.filter(row => !isSystemMetric(row.key))
    },
    { kind: 'tag', label: trans.__('Tags'), rows: tagRows(runs) },
    {
      kind: 'attribute',
      label: trans.__('Run'),
      rows: attributeRows(runs, options)
    },
    {
      kind: 'metric',
      label: trans.__('Machine'),
      rows: metrics.filter(row => isSystemMetric(row.key))
    },
    ...factSections(runs, options)
  ];
  return sections.filter(section => section.rows.length > 0);
}

/** Return what the values of a metric say beside the last one. */
export function describeMetric(
  metric: MetricRow,
  trans: TranslationBundle
): string {
  const lines = [
    trans.__('last %1 at step %2', metric.last, metric.last_step),
    trans.__('min %1', metric.min),
    trans.__('max %1', metric.max),
    trans._n('%1 point', '%1 points', metric.count)
  ];
  return (metric.count > 1 ? lines : lines.slice(0, 1)).join('\n');
}

function paramRows(runs: readonly RunRow[]): Row[] {
  return sortedKeys(runs.map(run => run.params)).map(key =>
    textRow(
      'param',
      key,
      key,
      runs.map(run => run.params[key])
    )
  );
}

function tagRows(runs: readonly RunRow[]): Row[] {
  return sortedKeys(runs.map(run => run.tags))
    .filter(key => !INTERNAL_TAG.test(key))
    .map(key =>
      textRow(
        'tag',
        key,
        key,
        runs.map(run => run.tags[key])
      )
    );
}

/** What the runs ran on and read, as their files tell. */
function factSections(
  runs: readonly RunRow[],
  { facts, trans }: TableOptions
): Section[] {
  const labels = {
    environment: trans.__('Environment'),
    package: trans.__('Packages'),
    git: trans.__('Git'),
    dataset: trans.__('Data')
  };
  return (facts ?? []).map(({ kind, names, values }) => ({
    kind,
    label: labels[kind],
    rows: names.map(name =>
      textRow(
        kind,
        name,
        name,
        runs.map(run => values.get(run.run_id)?.get(name))
      )
    )
  }));
}

function metricRows(runs: readonly RunRow[], options: TableOptions): Row[] {
  const { baseline } = options;
  return sortedKeys(runs.map(run => run.metrics)).map(key => {
    const metrics = runs.map(run => run.metrics[key]);
    const direction = options.directionOf(key);
    const values = metrics.map(metric => metric && toNumber(metric.last));
    const texts = formatAlike(values);
    const best = runs.length > 1 ? bestOf(values, direction) : null;
    const cells = metrics.map((metric, i) =>
      metric
        ? {
            value: String(metric.last),
            text: texts[i],
            title: describeMetric(metric, options.trans),
            isBest: best !== null && values[i] === best,
            delta:
              baseline === null || baseline === i
                ? null
                : deltaOf(values[i], values[baseline], direction)
          }
        : ABSENT
    );
    return row('metric', key, key, cells, direction);
  });
}

function attributeRows(runs: readonly RunRow[], options: TableOptions): Row[] {
  const { trans, experiments, now, facts } = options;
  const fact = (
    key: string,
    label: string,
    tell: (run: RunRow) => string | undefined,
    exact: (run: RunRow) => string | undefined = tell
  ) => textRow('attribute', key, label, runs.map(tell), runs.map(exact));
  const duration = (run: RunRow) => (run.end_time ?? now) - run.start_time;
  const isGitKnown = facts?.some(({ kind }) => kind === 'git');
  const git = [
    fact('git_branch', trans.__('Git branch'), gitBranch),
    fact(
      'git_commit',
      trans.__('Git commit'),
      run => gitCommit(run)?.slice(0, 8),
      gitCommit
    )
  ];
  const rows = [
    fact(
      'status',
      trans.__('State'),
      run => statusName(run.status, trans),
      run => run.status
    ),
    fact(
      'experiment',
      trans.__('Experiment'),
      run => experiments.get(run.experiment_id) ?? run.experiment_id
    ),
    fact(
      'start_time',
      trans.__('Started'),
      run => formatTime(run.start_time),
      run => String(run.start_time)
    ),
    fact(
      'duration',
      trans.__('Duration'),
      run => formatDuration(duration(run)),
      run => (run.end_time === null ? undefined : String(duration(run)))
    ),
    fact('user_id', trans.__('User'), run => run.user_id || undefined),
    fact(
      'source',
      trans.__('Source'),
      run => run.tags['mlflow.source.name'] || undefined
    ),
    ...(isGitKnown ? [] : git),
    fact(
      'run_id',
      trans.__('Run ID'),
      run => run.run_id.slice(0, 8),
      run => run.run_id
    )
  ];
  return rows.filter(({ cells }) => cells.some(cell => cell.text !== ''));
}

function gitBranch(run: RunRow): string | undefined {
  return run.tags['mlflow.source.git.branch'] || undefined;
}

function gitCommit(run: RunRow): string | undefined {
  return run.tags['mlflow.source.git.commit'] || undefined;
}

const ABSENT: Cell = {
  value: null,
  text: '',
  title: '',
  isBest: false,
  delta: null
};

function textRow(
  kind: RowKind,
  key: string,
  label: string,
  texts: readonly (string | undefined)[],
  values: readonly (string | undefined)[] = texts
): Row {
  const cells = texts.map((text, i) =>
    text === undefined
      ? ABSENT
      : {
          value: values[i] ?? null,
          text,
          title: titleOf(text, values[i]),
          isBest: false,
          delta: null
        }
  );
  return row(kind, key, label, cells, null);
}

/** A shortened value is told in full on hover. */
function titleOf(text: string, value: string | undefined): string {
  return value?.startsWith(text) ? value : text;
}

function row(
  kind: RowKind,
  key: string,
  label: string,
  cells: readonly Cell[],
  direction: Direction | null
): Row {
  const differs = cells.some(
    cell => cell.value !== cells[0].value || cell.text !== cells[0].text
  );
  return { kind, key, label, cells, differs, direction };
}

/** Return the best of the values that are numbers; null where there is no best. */
function bestOf(
  values: readonly (number | undefined)[],
  direction: Direction
): number | null {
  const known = values
    .filter(value => value !== undefined)
    .filter(value => !Number.isNaN(value));
  const isSame = known.every(value => value === known[0]);
  if (direction === 'none' || known.length < 2 || isSame) {
    return null;
  }
  return known.reduce((a, b) =>
    direction === 'lower' ? Math.min(a, b) : Math.max(a, b)
  );
}

function sortedKeys(records: readonly Record<string, unknown>[]): string[] {
  const keys = new Set(records.flatMap(record => Object.keys(record)));
  return [...keys].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true })
  );
}
