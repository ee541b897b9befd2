import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Return a text among a command's arguments; undefined where there is none. */
export function textOf(
  args: ReadonlyPartialJSONObject,
  name: string
): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}

/** Return a list of texts among a command's arguments; undefined where there is none. */
export function textsOf(
  args: ReadonlyPartialJSONObject,
  name: string
): string[] | undefined {
  const value = args[name];
  return Array.isArray(value)
    ? value.filter(item => typeof item === 'string')
    : undefined;
}
