import { ISignal, Signal } from '@lumino/signaling';

import type { BandKind } from './bands';
import type { Direction } from './metrics';
import { guessDirection } from './metrics';
import { pairsOf, recordOf } from './saved';

/** What a curve is drawn over. */
export type XAxis = 'step' | 'relative' | 'wall';

/** The charts of one point a run. */
export type RelationKind =
  'parallel' | 'scatter' | 'contour' | 'box' | 'importance';

/** What stands above the table of a comparison. */
export type ChartKind = 'curves' | RelationKind;

/** Every kind of chart, in the order in which they are offered. */
export const CHART_KINDS: readonly ChartKind[] = [
  'curves',
  'parallel',
  'scatter',
  'contour',
  'box',
  'importance'
];

/** How a person likes to look at runs; the same in every view and kept over reloads. */
export interface View {
  readonly chart: ChartKind;
  readonly xAxis: XAxis;
  readonly logY: boolean;
  /** What curves are put together by, as `groups` names it; '' draws each run. */
  readonly groupBy: string;
  readonly band: BandKind;
  /** Weight of the past in the moving average: 0 draws the points as they are. */
  readonly smoothing: number;
  readonly differencesOnly: boolean;
  /** Share of the height that the curves have, the rest is the table's. */
  readonly split: number;
}

const DEFAULT: View = {
  chart: 'curves',
  xAxis: 'step',
  logY: false,
  groupBy: '',
  band: 'minmax',
  smoothing: 0,
  differencesOnly: false,
  split: 0.55
};

const DIRECTIONS: readonly Direction[] = ['lower', 'higher', 'none'];

/** The preferences of the person at the screen that are changed in the views themselves. */
export class Preferences {
  /** Emitted when something is preferred otherwise. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get view(): View {
    return this._view;
  }

  setView(change: Partial<View>): void {
    this._view = { ...this._view, ...change };
    this._changed.emit();
  }

  /** Return which values of a metric are good ones: as was said, else as its name tells. */
  directionOf = (key: string): Direction =>
    this._directions.get(key) ?? guessDirection(key);

  /** Say that the next of lower, higher and none holds for a metric. */
  turnDirection = (key: string): void => {
    const next = DIRECTIONS.indexOf(this.directionOf(key)) + 1;
    this._directions.set(key, DIRECTIONS[next % DIRECTIONS.length]);
    this._changed.emit();
  };

  toJSON(): { view: View; directions: [string, Direction][] } {
    return { view: this._view, directions: [...this._directions] };
  }

  /** Take back what `toJSON` returned; what does not look like it is left out. */
  restore(saved: unknown): void {
    const { view, directions } = recordOf(saved);
    this._view = { ...DEFAULT, ...validView(recordOf(view)) };
    for (const [key, value] of pairsOf(directions)) {
      const direction = DIRECTIONS.find(one => one === value);
      if (direction) {
        this._directions.set(key, direction);
      }
    }
    this._changed.emit();
  }

  private _view = DEFAULT;
  private _directions = new Map<string, Direction>();
  private _changed = new Signal<this, void>(this);
}

function validView(saved: Record<string, unknown>): Partial<View> {
  const isValid: { [K in keyof View]: (value: unknown) => boolean } = {
    chart: value => CHART_KINDS.some(kind => kind === value),
    xAxis: value => ['step', 'relative', 'wall'].includes(String(value)),
    logY: value => typeof value === 'boolean',
    groupBy: value => typeof value === 'string',
    band: value => ['minmax', 'std', 'ci'].includes(String(value)),
    smoothing: value => isWithin(value, 0, 0.99),
    differencesOnly: value => typeof value === 'boolean',
    split: value => isWithin(value, 0.1, 0.9)
  };
  const names = Object.keys(isValid) as (keyof View)[];
  const valid = names.filter(name => isValid[name](saved[name]));
  return Object.fromEntries(valid.map(name => [name, saved[name]]));
}

function isWithin(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}
