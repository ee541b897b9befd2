import type { Figure, FigureRuns } from './figure';
import { numberFunction, quoted, readRuns, valueOf } from './python';

type ImportanceFigure = Extract<Figure, { kind: 'importance' }>;

/** Return the code of what a metric goes along with, or of what a forest needs to foretell it. */
export function importanceCode(
  figure: ImportanceFigure,
  runs: FigureRuns
): string[] {
  const { params, metric, method } = figure;
  const isForest = method === 'forest';
  return [
    ...readRuns(runs, isForest ? FOREST_IMPORTS : IMPORTS),
    ...numberFunction(params),
    'params = pd.DataFrame(',
    '    {',
    ...params.map(
      param =>
        `        ${quoted(param.key)}: [${valueOf(param)} for run in runs],`
    ),
    '    }',
    ')',
    `metric = pd.Series([${valueOf(metric)} for run in runs], dtype=float)`,
    ...(isForest ? FOREST : CORRELATION),
    'figure = go.Figure(',
    '    go.Bar(x=importance.values, y=importance.index, orientation="h")',
    ')',
    `figure.update_layout(xaxis_title=${quoted(`importance for ${metric.key}`)})`,
    'figure'
  ];
}

const IMPORTS = [
  'import pandas as pd',
  'import plotly.graph_objects as go',
  'import tracker'
];

const FOREST_IMPORTS = [
  ...IMPORTS,
  'from sklearn.ensemble import RandomForestRegressor',
  'from sklearn.inspection import permutation_importance',
  'from sklearn.model_selection import KFold'
];

/** Spearman's rank correlation; of words the correlation ratio of the metric's ranks. */
const CORRELATION = [
  '',
  '',
  'def strength(values):',
  '    kept = values.notna() & metric.notna()',
  '    ranks = metric[kept].rank()',
  '    if pd.api.types.is_numeric_dtype(values):',
  '        return abs(values[kept].rank().corr(ranks))',
  '    means = ranks.groupby(values[kept]).transform("mean")',
  '    return means.std(ddof=0) / ranks.std(ddof=0)',
  '',
  '',
  'importance = params.apply(strength).dropna().sort_values()'
];

/** As the server does: how much worse runs are foretold that the forest did not see. */
const FOREST = [
  'kept = metric.notna()',
  'table, metric = params[kept].copy(), metric[kept]',
  'for key in table:',
  '    if pd.api.types.is_numeric_dtype(table[key]):',
  '        table[key] = table[key].fillna(table[key].median())',
  '    else:',
  '        table[key] = pd.factorize(table[key].fillna("").astype(str), sort=True)[0]',
  'found = []',
  'for seen, unseen in KFold(5, shuffle=True, random_state=0).split(table):',
  '    forest = RandomForestRegressor(100, min_samples_leaf=2, random_state=0)',
  '    forest.fit(table.iloc[seen].to_numpy(float), metric.iloc[seen])',
  '    result = permutation_importance(',
  '        forest, table.iloc[unseen].to_numpy(float), metric.iloc[unseen], n_repeats=5,',
  '        random_state=0, scoring="neg_mean_squared_error",',
  '    )',
  '    found.append(pd.DataFrame(result.importances, index=table.columns))',
  'importance = (pd.concat(found, axis=1).mean(axis=1) / metric.var(ddof=0)).sort_values()'
];
