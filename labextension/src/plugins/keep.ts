import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

const DELAY = 500;

/** Something that is to survive a reload of the page. */
export interface IKept {
  readonly changed: ISignal<unknown, unknown>;
  restore(saved: unknown): void;
  toJSON(): unknown;
}

/** Restore what was kept under a name, and keep it whenever it changes. */
export async function keep(
  state: IStateDB,
  name: string,
  kept: IKept
): Promise<void> {
  try {
    const saved = await state.fetch(name);
    if (saved !== undefined) {
      kept.restore(saved);
    }
  } catch (error) {
    console.warn(`What was kept as ${name} could not be read.`, error);
  }
  let timer = 0;
  kept.changed.connect(() => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      const value = kept.toJSON() as ReadonlyPartialJSONValue;
      // Losing a preference is not worth a word to the person at the screen.
      void state.save(name, value).catch(console.warn);
    }, DELAY);
  });
}
