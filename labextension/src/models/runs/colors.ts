import { ISignal, Signal } from '@lumino/signaling';

import { pairsOf } from '../saved';

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

const REMEMBERED = 1_000;
const NEIGHBOURS = 6;

/**
 * Which run has which colour.
 *
 * A run's colour follows from its id, so it is the same in every view and after every reload. Where
 * it would look like a run near it in the list, or like one that it is compared with, the later
 * one moves to a free colour and keeps it.
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
    let hasMoved = false;
    for (const runId of runIds) {
      this._seen.add(runId);
      hasMoved = this._avoid(runId, taken) || hasMoved;
      taken.add(this._indexOf(runId));
    }
    this._tell(hasMoved);
  }

  /** Give runs of a list that were never seen, newest first, other colours than those near them. */
  spread(runIds: readonly string[]): void {
    const oldestFirst = [...runIds].reverse();
    let hasMoved = false;
    oldestFirst.forEach((runId, at) => {
      if (this._seen.has(runId)) {
        return;
      }
      const near = oldestFirst
        .slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1)
        .filter(id => this._seen.has(id))
        .map(id => this._indexOf(id));
      this._seen.add(runId);
      hasMoved = this._avoid(runId, new Set(near)) || hasMoved;
    });
    this._tell(hasMoved);
  }

  /** Return what to keep so that moved runs have the same colour next time. */
  toJSON(): [string, number][] {
    return [...this._moved];
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    for (const [runId, index] of pairsOf(saved)) {
      if (typeof index === 'number' && PALETTE[index] !== undefined) {
        this._moved.set(runId, index);
      }
    }
    this._changed.emit();
  }

  private _indexOf(runId: string): number {
    return this._moved.get(runId) ?? hash(runId) % PALETTE.length;
  }

  /** Move a run to a free colour if its own is taken; returns whether it moved. */
  private _avoid(runId: string, taken: ReadonlySet<number>): boolean {
    let index = this._indexOf(runId);
    if (!taken.has(index) || taken.size >= PALETTE.length) {
      return false;
    }
    do {
      index = (index + 1) % PALETTE.length;
    } while (taken.has(index));
    this._moved.delete(runId);
    this._moved.set(runId, index);
    return true;
  }

  private _tell(hasMoved: boolean): void {
    for (const runId of this._moved.keys()) {
      if (this._moved.size <= REMEMBERED) {
        break;
      }
      this._moved.delete(runId);
    }
    if (hasMoved) {
      this._changed.emit();
    }
  }

  private _moved = new Map<string, number>();
  private _seen = new Set<string>();
  private _changed = new Signal<this, void>(this);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
