import type { TranslationBundle } from '@jupyterlab/translation';
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

/** Describe the arguments of a command that is for some runs. */
export function someRuns(trans: TranslationBundle) {
  return {
    type: 'object',
    properties: {
      runIds: {
        type: 'array',
        items: { type: 'string' },
        description: trans.__('The ids of the runs')
      },
      folder: folderArgument(trans)
    }
  };
}

/** Describe the argument that says which store has the runs. */
export function folderArgument(trans: TranslationBundle) {
  return {
    type: 'string',
    description: trans.__('The folder whose store has the runs')
  };
}
