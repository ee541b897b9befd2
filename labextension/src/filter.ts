const OPERATOR = /[=<>!]|\b(?:NOT\s+)?(?:I?LIKE|IN|IS)\b/i;

/**
 * Return the filter to send for what was typed.
 *
 * Text without any operator searches the names of runs: each of its words must occur. Everything
 * else is the engine's own grammar and is sent as it is.
 */
export function toFilter(typed: string): string {
  const text = typed.trim();
  if (text === '' || isGrammar(text)) {
    return text;
  }
  return text
    .split(/\s+/)
    .map(word => `attributes.run_name ILIKE ${quote(`%${word}%`)}`)
    .join(' AND ');
}

/**
 * Return the filter, narrowed to the runs of a notebook, whose path is from the server's root.
 *
 * The condition stands last, so that an error's column is still that of what was typed.
 */
export function inNotebook(
  filter: string,
  path: string,
  storeUri: string
): string {
  const inside = pathInProject(path, storeUri);
  const condition =
    inside === null
      ? `tags.mlflow.source.name LIKE ${quote(`%${path}`)}`
      : `tags.mlflow.source.name = ${quote(inside)}`;
  return both(filter, condition);
}

/** Return the filter narrowed by a condition, which stands last. */
export function both(filter: string, condition: string): string {
  if (filter === '') {
    return condition;
  }
  // Brackets are our own: servers of others know no OR either.
  return /\bOR\b/i.test(filter)
    ? `(${filter}) AND ${condition}`
    : `${filter} AND ${condition}`;
}

/**
 * Return a notebook's path as its runs know it: from the folder that the store lies in.
 *
 * Null where that folder is not below the server's root: then a run's path is the longer one.
 */
function pathInProject(path: string, storeUri: string): string | null {
  const project = /^(?:sqlite:\/\/\/)?(.*)\/\.tracker(?:\/|$)/.exec(storeUri);
  const folders = path.split('/').slice(0, -1);
  for (let count = folders.length; project && count > 0; count--) {
    const prefix = folders.slice(0, count).join('/');
    if (`/${project[1]}`.endsWith(`/${prefix}`)) {
      return path.slice(prefix.length + 1);
    }
  }
  return null;
}

/** Whether the text is meant as a filter rather than as words of a name. */
export function isGrammar(text: string): boolean {
  return OPERATOR.test(text);
}

/** Return the part of a filter at a 1-based column that an error is about: [start, end). */
export function wordAt(text: string, column: number): [number, number] {
  // Columns count characters, strings here count UTF-16 units.
  const start = Array.from(text)
    .slice(0, Math.max(column - 1, 0))
    .join('').length;
  const rest = text.slice(start);
  const match = /^(?:'[^']*'?|"[^"]*"?|`[^`]*`?|[\w.%/-]+|[=<>!]+|\S)/.exec(
    rest
  );
  return [start, start + (match ? match[0].length : 0)];
}

/** Return an error's message without its place, which is shown on the word itself. */
export function withoutColumn(message: string): string {
  return message.replace(/^column \d+: /, '');
}

/** Return a text as a value of the grammar. */
export function quote(text: string): string {
  // The grammar has no escape: a name with both kinds of quotes is found by the rest of it.
  return text.includes("'") ? `"${text.replace(/"/g, '_')}"` : `'${text}'`;
}
