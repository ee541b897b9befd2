import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** A view as the page's address names it: the command that opens it and what it is given. */
export interface View {
  command: string;
  args: ReadonlyPartialJSONObject;
}

/** What the page's address says. */
export interface Address {
  /** The store of the list; null where the address leaves it open. */
  folder: string | null;
  /** The view in front; null for the list alone. */
  view: View | null;
}

type Value = ReadonlyPartialJSONObject[string];

const PREFIX = 'tracker:';
const SHOW = 'show';

/** Return the query of an address: words as they are, all else as JSON. */
export function asQuery({ folder, view }: Address): string {
  const query = new URLSearchParams();
  if (folder) {
    query.set('folder', folder);
  }
  if (view) {
    query.set(SHOW, view.command.replace(PREFIX, ''));
    for (const [name, value] of Object.entries(view.args)) {
      if (value !== undefined && value !== '' && name !== SHOW) {
        const isPlain = typeof value === 'string' && !readsAsJson(value);
        query.set(name, isPlain ? value : JSON.stringify(value));
      }
    }
  }
  const text = query.toString();
  return text && `?${text}`;
}

/** Return what a query says. Only commands that open views are followed. */
export function fromQuery(
  text: string,
  opens: (command: string) => boolean
): Address {
  const query = new URLSearchParams(text);
  const folder = query.get('folder');
  const command = PREFIX + (query.get(SHOW) ?? '');
  if (!opens(command)) {
    return { folder, view: null };
  }
  const args: Record<string, Value> = {
    folder: folder ?? ''
  };
  query.forEach((value, name) => {
    if (name !== SHOW) {
      args[name] = readsAsJson(value) ? (JSON.parse(value) as Value) : value;
    }
  });
  return { folder, view: { command, args } };
}

/** Whether a text is a JSON value, and not merely words. */
function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
