import { barsCode, curvesCode } from './curves';
import type { Figure, FigureRuns } from './figure';
import { importanceCode } from './importance';
import { boxCode, contourCode, parallelCode, scatterCode } from './relations';

export type {
  CurvesFigure,
  Figure,
  FigureAxis,
  FigureRun,
  FigureRuns
} from './figure';

/** Return the code of a cell that reads the runs with tracker and draws the chart with plotly. */
export function figureCode(figure: Figure, runs: FigureRuns): string {
  return codeLines(figure, runs).join('\n') + '\n';
}

function codeLines(figure: Figure, runs: FigureRuns): string[] {
  switch (figure.kind) {
    case 'curves':
      return curvesCode(figure, runs);
    case 'bars':
      return barsCode(figure.metric, runs);
    case 'scatter':
      return scatterCode(figure, runs);
    case 'box':
      return boxCode(figure, runs);
    case 'contour':
      return contourCode(figure, runs);
    case 'parallel':
      return parallelCode(figure, runs);
    case 'importance':
      return importanceCode(figure, runs);
  }
}
