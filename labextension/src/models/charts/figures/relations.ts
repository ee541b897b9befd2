import type { Figure, FigureAxis, FigureRuns } from './figure';
import {
  axisLayout,
  column,
  indented,
  numberFunction,
  quoted,
  readRuns,
  valueOf
} from './python';

type Of<K extends Figure['kind']> = Extract<Figure, { kind: K }>;

const IMPORTS = ['import plotly.graph_objects as go', 'import tracker'];

/** Return the code of one dot a run. */
export function scatterCode(figure: Of<'scatter'>, runs: FigureRuns): string[] {
  const { x, y, goals } = figure;
  return [
    ...readRuns(runs, IMPORTS),
    ...numberFunction([x, y]),
    column('x', x),
    column('y', y),
    'figure = go.Figure(',
    '    go.Scatter(',
    '        x=x,',
    '        y=y,',
    '        mode="markers",',
    '        text=names,',
    '        marker={"size": 10, "color": list(colors.values())},',
    '    )',
    ')',
    ...(goals ? frontCode(goals) : []),
    ...labels(x, y)
  ];
}

/** The runs that no other beats in both: a sign of 1 means that more is better. */
function frontCode(goals: { x: string; y: string }): string[] {
  const sign = (goal: string) => (goal === 'higher' ? '1' : '-1');
  return [
    '',
    `better_x, better_y = ${sign(goals.x)}, ${sign(goals.y)}`,
    'points = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]',
    'front = sorted(',
    '    (a, b)',
    '    for a, b in points',
    '    if not any(',
    '        (c, d) != (a, b) and (c - a) * better_x >= 0 and (d - b) * better_y >= 0',
    '        for c, d in points',
    '    )',
    ')',
    'figure.add_scatter(',
    '    x=[a for a, b in front],',
    '    y=[b for a, b in front],',
    '    mode="lines",',
    '    line={"dash": "dot", "color": "gray"},',
    '    hoverinfo="skip",',
    ')'
  ];
}

/** Return the code of a metric's spread for each value of a param. */
export function boxCode(figure: Of<'box'>, runs: FigureRuns): string[] {
  const { x, y } = figure;
  return [
    ...readRuns(runs, IMPORTS),
    ...numberFunction([x, y]),
    'groups = {}',
    'for run in runs:',
    `    group, value = ${valueOf(x)}, ${valueOf(y)}`,
    '    if group is not None and value is not None:',
    '        groups.setdefault(group, []).append((value, run.info.run_name))',
    'figure = go.Figure(',
    '    [',
    '        go.Box(',
    '            name=str(group),',
    '            y=[value for value, name in groups[group]],',
    '            text=[name for value, name in groups[group]],',
    '            boxpoints="all",',
    '            pointpos=0,',
    '        )',
    '        for group in sorted(groups)',
    '    ]',
    ')',
    ...labels({ ...x, isNumeric: false }, y)
  ];
}

/** Return the code of a metric as heights over two params. */
export function contourCode(figure: Of<'contour'>, runs: FigureRuns): string[] {
  const { x, y, z } = figure;
  return [
    ...readRuns(runs, IMPORTS),
    ...numberFunction([x, y]),
    'points = [',
    `    (${valueOf(x)}, ${valueOf(y)}, ${valueOf(z)})`,
    '    for run in runs',
    ']',
    'kept = [i for i, point in enumerate(points) if None not in point]',
    'x, y, z = zip(*(points[i] for i in kept))',
    'figure = go.Figure(',
    '    [',
    '        go.Contour(',
    '            x=x,',
    '            y=y,',
    '            z=z,',
    '            connectgaps=True,',
    '            colorscale="Viridis",',
    `            colorbar={"title": ${quoted(z.key)}},`,
    '        ),',
    '        go.Scatter(',
    '            x=x,',
    '            y=y,',
    '            mode="markers",',
    '            text=[names[i] for i in kept],',
    '            marker={"color": "white", "line": {"width": 1.5, "color": "#222"}},',
    '        ),',
    '    ]',
    ')',
    ...labels(x, y)
  ];
}

/** Return the code of every run as a line through all axes. */
export function parallelCode(
  figure: Of<'parallel'>,
  runs: FigureRuns
): string[] {
  const { axes } = figure;
  const last = [...axes].reverse().find(({ isNumeric }) => isNumeric);
  return [
    ...readRuns(runs, ['import math', '', ...IMPORTS]),
    ...numberFunction(axes),
    ...(axes.every(({ isNumeric }) => isNumeric) ? [] : WORDS),
    'dimensions = [',
    ...indented(axes.map(axis => `${dimensionCode(axis)},`)),
    ']',
    'figure = go.Figure(',
    '    go.Parcoords(',
    '        dimensions=dimensions,',
    ...(last
      ? [
          '        line={',
          `            "color": [${valueOf(last)} or 0 for run in runs],`,
          '            "colorscale": "Viridis",',
          `            "colorbar": {"title": ${quoted(last.key)}},`,
          '        },'
        ]
      : []),
    '    )',
    ')',
    'figure'
  ];
}

const WORDS = [
  'def words(label, values):',
  '    known = sorted({value for value in values if value is not None})',
  '    return {',
  '        "label": label,',
  '        "values": [known.index(value) if value in known else math.nan for value in values],',
  '        "tickvals": list(range(len(known))),',
  '        "ticktext": known,',
  '    }',
  '',
  ''
];

function dimensionCode(axis: FigureAxis): string {
  const values = `[${valueOf(axis)} for run in runs]`;
  const key = quoted(axis.key);
  if (!axis.isNumeric) {
    return `words(${key}, ${values})`;
  }
  // Plotly draws no magnitudes here: the axis has their logarithms.
  return axis.isLog
    ? `{"label": "log10 " + ${key}, "values": [math.log10(value) if value else math.nan for value in ${values}]}`
    : `{"label": ${key}, "values": ${values}}`;
}

function labels(x: FigureAxis, y: FigureAxis): string[] {
  return [
    axisLayout('x', x),
    axisLayout('y', y),
    'figure.update_layout(showlegend=False)',
    'figure'
  ];
}
