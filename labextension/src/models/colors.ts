import { ISignal, Signal } from '@lumino/signaling';

/**
 * The colours of runs. Each has a contrast of about 3:1 or more on white and on near-black, so that
 * a run keeps its colour when the theme changes; neighbours in the list are far apart in hue.
 */
export const PALETTE: readonly string[] = [
  '#6786fd',
  '#d9700f',
  '#14a673',
  '#ee5363',
  '#ae6beb',
  '#af8c11',
  '#0c9dd6',
  '#da58b1',
  '#759e07',
  '#056bc0',
  '#b33d1b',
  '#168021',
  '#6955c0',
  '#af3767',
  '#915e07',
  '#017c6c'
];

const REMEMBERED = 500;

/**
 * Which run has which colour.
 *
 * A run's colour follows from its id, so it is the same in every view and after every reload. Where
 * two runs that are compared would look alike, the later one moves to a free colour and keeps it.
 */
export class ColorModel {
  /** Emitted when a run moved to another colour. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Return the run's colour as a CSS value. */
  colorOf(runId: string): string {
    return PALETTE[this._indexOf(runId)];
  }

  /** Make sure that these runs can be told apart, as far as there are colours. */
  distinguish(runIds: readonly string[]): void {
    const taken = new Set<number>();
    let moved = false;
    for (const runId of runIds) {
      let index = this._indexOf(runId);
      if (taken.has(index) && taken.size < PALETTE.length) {
        index = nextFree(index, taken);
        this._moved.delete(runId);
        this._moved.set(runId, index);
        moved = true;
      }
      taken.add(index);
    }
    if (moved) {
      this._forgetOldest();
      this._changed.emit();
    }
  }

  /** Return what to keep so that moved runs have the same colour next time. */
  toJSON(): [string, number][] {
    return [...this._moved];
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    if (!Array.isArray(saved)) {
      return;
    }
    for (const entry of saved) {
      const [runId, index] = Array.isArray(entry) ? entry : [];
      if (typeof runId === 'string' && PALETTE[index] !== undefined) {
        this._moved.set(runId, index);
      }
    }
    this._changed.emit();
  }

  private _indexOf(runId: string): number {
    return this._moved.get(runId) ?? hash(runId) % PALETTE.length;
  }

  private _forgetOldest(): void {
    for (const runId of this._moved.keys()) {
      if (this._moved.size <= REMEMBERED) {
        return;
      }
      this._moved.delete(runId);
    }
  }

  private _moved = new Map<string, number>();
  private _changed = new Signal<this, void>(this);
}

function nextFree(index: number, taken: ReadonlySet<number>): number {
  let next = index;
  do {
    next = (next + 1) % PALETTE.length;
  } while (taken.has(next));
  return next;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
