/** A plotly figure as it is kept in files. */
export interface PlotlyFigure {
  readonly data: readonly Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
}

/** A table as MLflow's `log_table` keeps it. */
export interface KeptTable {
  readonly columns: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

/** Kinds of traces that the panel's own plotly draws. */
const DRAWN = new Set(
  'scatter bar box heatmap histogram histogram2d histogram2dcontour image pie contour scatterternary violin'.split(
    ' '
  )
);

/** Return a value as a figure; null where it is none. */
export function asFigure(value: unknown): PlotlyFigure | null {
  const found = asRecord(value);
  const isFigure =
    Array.isArray(found.data) &&
    found.data.every(trace => isRecord(trace) && !Array.isArray(trace)) &&
    (isRecord(found.layout) ||
      (found.data.length > 0 && found.layout === undefined));
  return isFigure
    ? {
        data: found.data as Record<string, unknown>[],
        layout: asRecord(found.layout)
      }
    : null;
}

/** Return a value as a table; null where it is none. */
export function asTable(value: unknown): KeptTable | null {
  const { columns, data } = asRecord(value);
  return Array.isArray(columns) &&
    columns.every(name => ['string', 'number'].includes(typeof name)) &&
    Array.isArray(data) &&
    data.every(Array.isArray)
    ? { columns: columns.map(String), data: data as unknown[][] }
    : null;
}

/** Return the kinds of traces in a figure that the panel's own plotly cannot draw. */
export function undrawn({ data }: PlotlyFigure): string[] {
  const kinds = data.map(({ type }) =>
    typeof type === 'string' ? type : 'scatter'
  );
  return [...new Set(kinds)].filter(kind => !DRAWN.has(kind));
}

/** Return the figure inside a page that plotly wrote; null where there is none. */
export function figureInHtml(html: string): PlotlyFigure | null {
  const call = html.lastIndexOf('Plotly.newPlot(');
  if (call < 0) {
    return null;
  }
  let at = call + 'Plotly.newPlot('.length;
  const values: unknown[] = [];
  while (values.length < 3) {
    at = afterSpaces(html, at, values.length > 0);
    const end = endOfValue(html, at);
    if (end === null) {
      return null;
    }
    try {
      values.push(JSON.parse(html.slice(at, end)));
    } catch {
      return null;
    }
    at = end;
  }
  return asFigure({ data: values[1], layout: values[2] });
}

function afterSpaces(text: string, from: number, comma: boolean): number {
  const found = comma ? /\s*,\s*/y : /\s*/y;
  found.lastIndex = from;
  return found.test(text) ? found.lastIndex : from;
}

/** Return the place after the JSON value that begins somewhere; null where none does. */
function endOfValue(text: string, from: number): number | null {
  let depth = 0;
  let isText = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (isText) {
      if (character === '\\') {
        i += 1;
      } else if (character === '"') {
        isText = false;
        if (depth === 0) {
          return i + 1;
        }
      }
    } else if (character === '"') {
      isText = true;
    } else if (character === '[' || character === '{') {
      depth += 1;
    } else if (character === ']' || character === '}') {
      depth -= 1;
      if (depth <= 0) {
        return depth === 0 ? i + 1 : null;
      }
    } else if (depth === 0 && !/\s/.test(character)) {
      return null;
    }
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
