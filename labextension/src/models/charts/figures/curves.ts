import type { CurvesFigure, FigureRuns } from './figure';
import { indented, quoted, readRuns } from './python';

/** Return the code of curves: one a run, or the mean of each group with its band. */
export function curvesCode(figure: CurvesFigure, runs: FigureRuns): string[] {
  const { metrics, smoothing, groupBy, isLogX, isLogY } = figure;
  const log = (isLog: boolean) => (isLog ? ', type="log"' : '');
  return [
    ...readRuns(runs, IMPORTS),
    '',
    '',
    'def curve(run, key):',
    ...indented(readCurve(figure)),
    '',
    '',
    ...(smoothing === null ? [] : SMOOTHING[smoothing.kind]),
    ...(groupBy !== null && figure.band === 'ci' ? STUDENT : []),
    'figure = go.Figure()',
    `for key in [${metrics.map(quoted).join(', ')}]:`,
    ...indented(groupBy === null ? eachRun(figure) : eachGroup(figure)),
    `figure.update_xaxes(title=${quoted(xTitle(figure))}${log(isLogX)})`,
    `figure.update_yaxes(title=${quoted(metrics.join(', '))}${log(isLogY)})`,
    'figure'
  ];
}

/** Return the code of the single value of each run as a bar. */
export function barsCode(metric: string, runs: FigureRuns): string[] {
  return [
    ...readRuns(runs, ['import plotly.graph_objects as go', 'import tracker']),
    'figure = go.Figure(',
    '    go.Bar(',
    `        x=[run.data.metrics.get(${quoted(metric)}) for run in runs],`,
    '        y=names,',
    '        orientation="h",',
    '        marker={"color": list(colors.values())},',
    '    )',
    ')',
    'figure.update_yaxes(type="category", autorange="reversed")',
    `figure.update_xaxes(title=${quoted(metric)})`,
    'figure'
  ];
}

const IMPORTS = [
  'import numpy as np',
  'import pandas as pd',
  'import plotly.graph_objects as go',
  'import tracker'
];

function readCurve(figure: CurvesFigure): string[] {
  return [
    '"""Return the steps, x and values of a metric."""',
    'history = client.store.metric_history(run.info.run_id, key)',
    'order = np.argsort(history.steps, kind="stable")',
    'steps, values = history.steps[order].astype(float), history.values[order]',
    ...xCode(figure),
    'return steps, x, values'
  ];
}

/** Runs of a group began at other times: over wall time they have no mean. */
function xCode({ x, groupBy }: CurvesFigure): string[] {
  const isWall = x === 'wall' && groupBy === null;
  if (x === 'step') {
    return ['x = steps'];
  }
  if (isWall) {
    return ['x = pd.to_datetime(history.timestamps[order], unit="ms")'];
  }
  if (x === 'wall' || x === 'relative') {
    return ['x = (history.timestamps[order] - run.info.start_time) / 1000'];
  }
  return [
    `over = client.store.metric_history(run.info.run_id, ${quoted(x.slice('metric:'.length))})`,
    'place = np.argsort(over.steps, kind="stable")',
    'x = np.full(len(steps), np.nan)',
    'if len(place):',
    '    x = np.interp(steps, over.steps[place], over.values[place], np.nan, np.nan)'
  ];
}

/** As the chart does it: a curve forgets over steps, not over points. */
const UNIT =
  '    unit = np.ptp(steps) / (max(2, min(len(steps), 1000)) - 1) if len(steps) else 0';

const SMOOTHING = {
  ema: [
    'def smooth(steps, values, weight):',
    '    """Return the exponential moving average; weight is that of the past one unit ago."""',
    UNIT,
    '    smoothed, total, norm, before = values.copy(), 0.0, 0.0, np.nan',
    '    for i, (step, value) in enumerate(zip(steps, values)):',
    '        if np.isfinite(value):',
    '            keep = weight ** ((step - before) / unit if unit and step > before else 1)',
    '            total = keep * total + (1 - keep) * value',
    '            norm = keep * norm + (1 - keep)',
    '            smoothed[i], before = total / norm, step',
    '    return smoothed',
    '',
    ''
  ],
  centred: [
    'def smooth(steps, values, weight):',
    '    """Return the mean of each point and those around it."""',
    UNIT,
    '    gaps = np.diff(steps) / (unit or 1)',
    '    gaps = np.minimum(1, np.where((gaps > 0) & (unit > 0), gaps, 1))',
    '    shares = (np.append(1, gaps) + np.append(gaps, 1)) / 2 * np.isfinite(values)',
    '    reach = (round(weight / (1 - weight)) + 1e-6) * (unit or 1)',
    '    smoothed = values.copy()',
    '    for i in np.flatnonzero(shares):',
    '        near = (abs(steps - steps[i]) <= reach) & (shares > 0)',
    '        smoothed[i] = np.average(values[near], weights=shares[near])',
    '    return smoothed',
    '',
    ''
  ]
};

function smoothCode({ smoothing }: CurvesFigure): string {
  return `smooth(steps, values, ${smoothing?.weight})`;
}

function eachRun(figure: CurvesFigure): string[] {
  const name = figure.metrics.length > 1 ? 'f"{name} {key}"' : 'name';
  const line = (y: string, look: string) =>
    `figure.add_scatter(x=x, y=${y}, mode=mode, name=${name}, line={"color": color}${look})`;
  return [
    'for run, name, color in zip(runs, names, colors.values()):',
    '    steps, x, values = curve(run, key)',
    '    if not len(steps):',
    '        continue',
    '    mode = "lines" if len(steps) > 1 else "markers"',
    ...indented(
      figure.smoothing === null
        ? [line('values', '')]
        : [
            line('values', ', opacity=0.3, showlegend=False'),
            line(smoothCode(figure), '')
          ]
    )
  ];
}

function eachGroup(figure: CurvesFigure): string[] {
  const groupBy = figure.groupBy ?? '';
  const key = quoted(groupBy.slice(groupBy.indexOf(':') + 1));
  const place = groupBy.startsWith('tag:') ? 'tags' : 'params';
  const values = figure.smoothing === null ? 'values' : smoothCode(figure);
  return [
    'groups = {}',
    'for run in runs:',
    '    steps, x, values = curve(run, key)',
    `    points = pd.Series(${values}, index=x).dropna()`,
    '    points = points[points.index.notna()].groupby(level=0).last()',
    '    if not points.empty:',
    `        group = run.data.${place}.get(${key}, "none")`,
    '        groups.setdefault(group, []).append((run, points))',
    'for group, members in groups.items():',
    ...indented([
      'color = colors[members[0][0].info.run_id]',
      'table = pd.concat([points for run, points in members], axis=1).sort_index()',
      'table = table.interpolate("index", limit_area="inside")',
      'mean = table.mean(axis=1)',
      ...BANDS[figure.band],
      'figure.add_scatter(',
      '    x=[*table.index, *table.index[::-1]],',
      '    y=[*high, *low[::-1]],',
      '    fill="toself",',
      '    fillcolor=color,',
      '    opacity=0.2,',
      '    line={"width": 0},',
      '    hoverinfo="skip",',
      '    showlegend=False,',
      ')',
      'figure.add_scatter(x=mean.index, y=mean, mode="lines", name=str(group), line={"color": color})'
    ])
  ];
}

const STUDENT = [
  'def student(free):',
  '    """Return what 97.5 % of Student\'s t lie below."""',
  '    known = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764}',
  '    return known.get(free, 1.95996 + 2.37227 / free + 2.82250 / free**2 + 2.5558 / free**3)',
  '',
  ''
];

const BANDS = {
  minmax: ['low, high = table.min(axis=1), table.max(axis=1)'],
  std: [
    'spread = table.std(axis=1).fillna(0)',
    'low, high = mean - spread, mean + spread'
  ],
  ci: [
    'count = table.count(axis=1)',
    'factor = count.map(lambda n: student(n - 1) if n > 1 else 0)',
    'spread = factor * table.std(axis=1).fillna(0) / np.sqrt(count)',
    'low, high = mean - spread, mean + spread'
  ]
};

function xTitle({ x, groupBy }: CurvesFigure): string {
  if (x === 'wall') {
    return groupBy === null ? 'time' : 'seconds since start';
  }
  if (x === 'relative') {
    return 'seconds since start';
  }
  return x === 'step' ? 'step' : x.slice('metric:'.length);
}
