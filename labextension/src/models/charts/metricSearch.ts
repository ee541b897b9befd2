/** What a search among the names of metrics finds. */
export interface MetricSearch {
  /** Whether the text is no regular expression; it is then searched for as it is. */
  readonly isBroken: boolean;
  finds(key: string): boolean;
}

/** Return the search for a regular expression, or for a text that is none; case does not count. */
export function metricSearch(text: string): MetricSearch {
  const wanted = text.trim();
  try {
    const pattern = new RegExp(wanted, 'i');
    return { isBroken: false, finds: key => pattern.test(key) };
  } catch {
    const part = wanted.toLowerCase();
    return { isBroken: true, finds: key => key.toLowerCase().includes(part) };
  }
}
