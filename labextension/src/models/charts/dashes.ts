const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 2.5],
  [9, 3, 2, 3]
];
/** As many colours are told apart by everybody, also by those who see fewer. */
const COLORS = 10;

/** Return the strokes of the nth run's line: beyond ten runs colours alone do not tell enough. */
export function dashOfRun(index: number): readonly number[] {
  return DASHES[Math.floor(index / COLORS) % DASHES.length];
}

/** Return the strokes of the nth metric's lines in a chart of several. */
export function dashOfMetric(index: number): readonly number[] {
  return DASHES[index % DASHES.length];
}
