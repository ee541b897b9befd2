/** What was kept over a reload may come from another version, or from anybody: it is checked. */

/** Return a record of what was kept, empty where it was none. */
export function recordOf(saved: unknown): Record<string, unknown> {
  return typeof saved === 'object' && saved !== null ? { ...saved } : {};
}

/** Return the texts of a list that was kept, empty where it was none. */
export function textsOf(saved: unknown): string[] {
  const items: unknown[] = Array.isArray(saved) ? saved : [];
  return items.filter(item => typeof item === 'string');
}

/** Return the pairs of a name and something that were kept, empty where they were none. */
export function pairsOf(saved: unknown): [string, unknown][] {
  const entries: unknown[] = Array.isArray(saved) ? saved : [];
  return entries.filter(
    (entry): entry is [string, unknown] =>
      Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string'
  );
}
