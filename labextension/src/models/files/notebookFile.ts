import type { Output } from './outputs';
import { readOutputs } from './outputs';

/** A cell as a notebook's file has it. */
export interface BookCell {
  readonly id: string;
  readonly kind: 'code' | 'markdown' | 'raw';
  readonly source: string;
  readonly count: number | null;
  readonly outputs: readonly Output[];
}

/** A notebook as far as it is shown. */
export interface Book {
  readonly language: string;
  readonly cells: readonly BookCell[];
}

/** Return the notebook that a file holds; null where it holds none. */
export function readBook(text: string): Book | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const book = record(parsed);
  if (!Array.isArray(book.cells)) {
    return null;
  }
  const metadata = record(book.metadata);
  const language =
    record(metadata.language_info).name ?? record(metadata.kernelspec).language;
  return {
    language: typeof language === 'string' ? language.split(/\s/)[0] : 'python',
    cells: book.cells.map(readCell)
  };
}

function readCell(value: unknown, index: number): BookCell {
  const cell = record(value);
  const kind =
    cell.cell_type === 'code' || cell.cell_type === 'markdown'
      ? cell.cell_type
      : 'raw';
  const { source, execution_count: count } = cell;
  return {
    id: `${index}`,
    kind,
    source: Array.isArray(source)
      ? source.map(String).join('')
      : typeof source === 'string'
        ? source
        : '',
    count: typeof count === 'number' ? count : null,
    outputs:
      kind === 'code' ? readOutputs(JSON.stringify(cell.outputs ?? [])) : []
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : {};
}
