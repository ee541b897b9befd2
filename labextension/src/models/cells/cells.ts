import type { RunLinks } from '../../wire';

/** How a run's cell was found in its notebook. */
export interface FoundCell {
  readonly index: number;
  readonly by: 'id' | 'text';
}

/** Return where a run's cell is among the cells that there are; null where it is gone. */
export function findCell(
  cells: readonly { id: string; source: string }[],
  { cell_id, source }: Pick<RunLinks, 'cell_id' | 'source'>
): FoundCell | null {
  const byId = cells.findIndex(({ id }) => id === cell_id);
  if (byId >= 0) {
    return { index: byId, by: 'id' };
  }
  const text = source?.trimEnd();
  const byText = text
    ? cells.findIndex(cell => cell.source.trimEnd() === text)
    : -1;
  return byText >= 0 ? { index: byText, by: 'text' } : null;
}
