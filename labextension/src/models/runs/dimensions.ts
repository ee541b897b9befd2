import { isSystemMetric } from './metrics';
import type { RunRow } from '../../wire';
import { toNumber } from '../../wire';

/** Something that every run of a chart has one value of: a param, or the last of a metric. */
export interface Dimension {
  /** Names the dimension among all others, also after a reload. */
  readonly id: string;
  readonly kind: 'param' | 'metric';
  readonly key: string;
  /** One value a run: a number, or a word where the dimension is none; null where it is absent. */
  readonly values: readonly (number | string | null)[];
  readonly isNumeric: boolean;
  /** Whether its numbers lie so far apart that their magnitudes tell more. */
  readonly isLog: boolean;
  /** The words of a dimension that is no number, in their order. */
  readonly words: readonly string[];
}

const LOG_RATIO = 100;

/** Return what the runs differ in: params of more than one value, then metrics. */
export function dimensionsOf(runs: readonly RunRow[]): Dimension[] {
  const params = keysOf(runs.map(run => run.params)).map(key =>
    paramDimension(
      key,
      runs.map(run => run.params[key] ?? null)
    )
  );
  const keys = keysOf(runs.map(run => run.metrics));
  const own = keys.filter(key => !isSystemMetric(key));
  const metrics = [...own, ...keys.filter(isSystemMetric)].map(key =>
    dimension(
      'metric',
      key,
      runs.map(run =>
        key in run.metrics ? finite(toNumber(run.metrics[key].last)) : null
      ),
      true
    )
  );
  return [
    ...params.filter(({ values }) => new Set(values).size > 1),
    ...metrics.filter(({ values }) => values.some(value => value !== null))
  ];
}

/** Return where a value lies between the least (0) and the greatest (1); null where it is absent. */
export function positionOf(
  dimension: Dimension,
  value: number | string | null
): number | null {
  if (value === null) {
    return null;
  }
  if (typeof value === 'string') {
    const last = dimension.words.length - 1;
    return last <= 0 ? 0.5 : dimension.words.indexOf(value) / last;
  }
  const [low, high] = rangeOf(dimension);
  const scale = dimension.isLog ? Math.log : (x: number) => x;
  return high === low
    ? 0.5
    : (scale(value) - scale(low)) / (scale(high) - scale(low));
}

/** Return the least and the greatest number of a dimension. */
export function rangeOf(dimension: Dimension): [number, number] {
  const numbers = dimension.values.filter(value => typeof value === 'number');
  return [
    numbers.reduce((a, b) => Math.min(a, b), Infinity),
    numbers.reduce((a, b) => Math.max(a, b), -Infinity)
  ];
}

function paramDimension(
  key: string,
  texts: readonly (string | null)[]
): Dimension {
  const numbers = texts.map(text => (text === null ? null : numberOf(text)));
  const isNumeric = texts.every((text, i) => {
    return text === null || numbers[i] !== null;
  });
  return dimension('param', key, isNumeric ? numbers : texts, isNumeric);
}

function dimension(
  kind: 'param' | 'metric',
  key: string,
  values: readonly (number | string | null)[],
  isNumeric: boolean
): Dimension {
  const present = values.filter(value => value !== null);
  const words = isNumeric ? [] : [...new Set(present.map(String))].sort();
  const numbers = present.filter(value => typeof value === 'number');
  const least = Math.min(...numbers);
  const isLog =
    isNumeric && least > 0 && Math.max(...numbers) / least >= LOG_RATIO;
  return { id: `${kind}:${key}`, kind, key, values, isNumeric, isLog, words };
}

function numberOf(text: string): number | null {
  // What Python's float does not read is no number here either: the code of a chart reads it too.
  return /^[+-]?0[xob]|^\s*$/i.test(text) ? null : finite(Number(text));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function keysOf(records: readonly Record<string, unknown>[]): string[] {
  const keys = new Set(records.flatMap(record => Object.keys(record)));
  return [...keys].sort((a, b) =>
    a.localeCompare(b, undefined, { numeric: true })
  );
}
