import * as React from 'react';
import type { ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ColorModel } from '../../models/runs/colors';

/** What every component needs, however deep it sits. */
export interface Surroundings {
  trans: TranslationBundle;
  colors: ColorModel;
  /** The keys of a command, '' where it has none; absent where there are no commands. */
  keysOf?: (command: string) => string;
}

const Context = React.createContext<Surroundings | null>(null);

/** Makes the surroundings known to everything inside. */
export const SurroundingsProvider = Context.Provider;

/** Return the surroundings. */
export function useSurroundings(): Surroundings {
  const surroundings = React.useContext(Context);
  if (surroundings === null) {
    throw new Error('A component of tracker stands outside its provider.');
  }
  return surroundings;
}

/** Return what adds the keys of a command to a hint. */
export function useHints(): (hint: string, command: string) => string {
  const { keysOf } = useSurroundings();
  return (hint, command) => {
    const keys = keysOf?.(command) ?? '';
    return keys === '' ? hint : `${hint} (${keys})`;
  };
}

/** Return the translations. */
export function useTrans(): TranslationBundle {
  return useSurroundings().trans;
}

/** Draw again whenever the signal is emitted. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = () => draw();
    signal.connect(slot);
    // What changed between the first drawing and now was not heard.
    draw();
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** Return the colour of a run, also after it moved to another one. */
export function useColors(): ColorModel {
  const { colors } = useSurroundings();
  useSignal(colors.changed);
  return colors;
}
