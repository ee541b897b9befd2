import { unusualIn, USUAL_VIEW } from './preferences';
import { recordOf, textsOf } from '../saved';

/** A comparison as a link or a saved view names it. */
export interface ViewPlace {
  readonly folder: string;
  readonly runIds: readonly string[];
  /** What `ComparePanel.kept` returned. */
  readonly kept: Readonly<Record<string, unknown>>;
}

/** Longer addresses are refused by proxies on the way. */
export const LONGEST_LINK = 6_000;

/** The parameter of the page's address that has the comparison. */
export const LINK_PARAMETER = 'tracker';

/** Return a comparison as text for an address; what is as usual in it is left out. */
export function encodePlace({ folder, runIds, kept }: ViewPlace): string {
  const view = unusualIn(recordOf(kept.view), USUAL_VIEW);
  const told = { folder, runIds, kept: { ...kept, runIds: undefined, view } };
  const bytes = new TextEncoder().encode(JSON.stringify(told));
  const binary = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
  return btoa(binary)
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** Return the comparison that an address has; null where it has none, or none that can be read. */
export function decodePlace(text: string): ViewPlace | null {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(binary, character => character.charCodeAt(0));
    return placeOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

/** Return a comparison that was kept; null where it does not look like one. */
export function placeOf(saved: unknown): ViewPlace | null {
  const { folder, runIds, kept } = recordOf(saved);
  const ids = textsOf(runIds);
  return typeof folder === 'string' && ids.length > 0
    ? { folder, runIds: ids, kept: recordOf(kept) }
    : null;
}
