import type { FigureAxis, FigureRuns } from './figure';

/** Return a text as a Python literal: what JSON escapes, Python reads alike. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ud800-\udfff]/gu,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** Return lines, each moved to the right. */
export function indented(lines: readonly string[], depth = 1): string[] {
  const space = '    '.repeat(depth);
  return lines.map(line => (line === '' ? '' : space + line));
}

/** Return the beginning of every cell that draws runs: what it imports, and the runs. */
export function readRuns(
  { storeUri, runs }: FigureRuns,
  imports: readonly string[]
): string[] {
  return [
    ...imports,
    '',
    `client = tracker.Client(${quoted(storeUri)})`,
    'colors = {',
    ...indented(
      runs.map(({ runId, color }) => `${quoted(runId)}: ${quoted(color)},`)
    ),
    '}',
    'runs = [client.get_run(run_id) for run_id in colors]',
    'names = [run.info.run_name for run in runs]'
  ];
}

/** Return the expression of an axis' value of `run`; None where the run has none. */
export function valueOf({ kind, key, isNumeric }: FigureAxis): string {
  if (kind === 'metric') {
    return `run.data.metrics.get(${quoted(key)})`;
  }
  const text = `run.data.params.get(${quoted(key)})`;
  return isNumeric ? `number(${text})` : text;
}

/** Return the function that `valueOf` needs, where one of the axes does. */
export function numberFunction(axes: readonly FigureAxis[]): string[] {
  return axes.some(({ kind, isNumeric }) => kind === 'param' && isNumeric)
    ? [
        '',
        '',
        'def number(text):',
        '    return None if text is None else float(text)',
        '',
        ''
      ]
    : [''];
}

/** Return the assignment of an axis' values, one a run. */
export function column(name: string, axis: FigureAxis): string {
  return `${name} = [${valueOf(axis)} for run in runs]`;
}

/** Return the lines that name the axes of `figure`. */
export function axisLayout(name: 'x' | 'y', axis: FigureAxis): string {
  const type = axis.isNumeric ? (axis.isLog ? 'log' : 'linear') : 'category';
  return `figure.update_${name}axes(title=${quoted(axis.key)}, type="${type}")`;
}
