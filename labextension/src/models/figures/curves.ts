import type { CurvesFigure, FigureRuns } from './figure';
import { indented, quoted, readRuns } from './python';

/** Return the code of curves: one a run, or one a group of runs with its band. */
export function curvesCode(figure: CurvesFigure, runs: FigureRuns): string[] {
  const imports = [
    'import numpy as np',
    'import pandas as pd',
    'import plotly.graph_objects as go',
    'import tracker'
  ];
  return [
    ...readRuns(runs, imports),
    '',
    '',
    'def curve(run, key):',
    ...indented(readCurve(figure)),
    '',
    '',
    'figure = go.Figure()',
    `for key in [${figure.metrics.map(quoted).join(', ')}]:`,
    ...indented(figure.groupBy === null ? eachRun(figure) : eachGroup(figure)),
    `figure.update_xaxes(title=${quoted(xTitle(figure))}${figure.isLogX ? ', type="log"' : ''})`,
    `figure.update_yaxes(title=${quoted(figure.metrics.join(', '))}${figure.isLogY ? ', type="log"' : ''})`,
    'figure'
  ];
}

function readCurve({ x }: CurvesFigure): string[] {
  const points = 'pd.Series(history.values, index=history.steps)';
  return [
    'history = client.store.metric_history(run.info.run_id, key)',
    ...(x === 'step'
      ? [`return ${points}.sort_index()`]
      : x === 'relative'
        ? [
            'seconds = (history.timestamps - run.info.start_time) / 1000',
            'return pd.Series(history.values, index=seconds).sort_index()'
          ]
        : x === 'wall'
          ? [
              'times = pd.to_datetime(history.timestamps, unit="ms")',
              'return pd.Series(history.values, index=times).sort_index()'
            ]
          : [
              `over = client.store.metric_history(run.info.run_id, ${quoted(x.slice('metric:'.length))})`,
              'over = pd.Series(over.values, index=over.steps).groupby(level=0).last()',
              `values = ${points}.groupby(level=0).last()`,
              'both = pd.concat([over, values], axis=1, join="inner").dropna()',
              'return both.set_index(0)[1].sort_index()'
            ])
  ];
}

function smoothed({ smoothing }: CurvesFigure): string | null {
  if (smoothing === null) {
    return null;
  }
  return smoothing.kind === 'ema'
    ? `points.ewm(alpha=${1 - smoothing.weight}).mean()`
    : `points.rolling(${smoothing.points}, center=True, min_periods=1).mean()`;
}

function eachRun(figure: CurvesFigure): string[] {
  const smooth = smoothed(figure);
  const name = figure.metrics.length > 1 ? 'f"{name} {key}"' : 'name';
  const line = (more: string) => [
    'figure.add_scatter(',
    '    x=points.index,',
    '    y=points,',
    '    mode="lines",',
    `    name=${name},`,
    more,
    ')'
  ];
  return [
    'for run, name, color in zip(runs, names, colors.values()):',
    ...indented([
      'points = curve(run, key)',
      'if points.empty:',
      '    continue',
      ...(smooth === null
        ? line('    line={"color": color},')
        : [
            ...line(
              '    line={"color": color}, opacity=0.25, showlegend=False,'
            ),
            `points = ${smooth}`,
            ...line('    line={"color": color},')
          ])
    ])
  ];
}

function eachGroup(figure: CurvesFigure): string[] {
  const groupBy = figure.groupBy ?? '';
  const key = quoted(groupBy.slice(groupBy.indexOf(':') + 1));
  const place = groupBy.startsWith('tag:') ? 'tags' : 'params';
  const smooth = smoothed(figure);
  return [
    'groups = {}',
    'for run in runs:',
    '    points = curve(run, key).groupby(level=0).last()',
    ...(smooth === null ? [] : [`    points = ${smooth}`]),
    '    if not points.empty:',
    `        groups.setdefault(run.data.${place}.get(${key}), []).append((run, points))`,
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
      'figure.add_scatter(',
      '    x=mean.index, y=mean, mode="lines", name=str(group), line={"color": color}',
      ')'
    ])
  ];
}

const BANDS = {
  minmax: ['low, high = table.min(axis=1), table.max(axis=1)'],
  std: [
    'spread = table.std(axis=1).fillna(0)',
    'low, high = mean - spread, mean + spread'
  ],
  ci: [
    'spread = 1.96 * table.std(axis=1).fillna(0) / np.sqrt(table.count(axis=1))',
    'low, high = mean - spread, mean + spread'
  ]
};

function xTitle({ x }: CurvesFigure): string {
  const titles = {
    step: 'step',
    relative: 'seconds since start',
    wall: 'time'
  };
  return x === 'step' || x === 'relative' || x === 'wall'
    ? titles[x]
    : x.slice('metric:'.length);
}
