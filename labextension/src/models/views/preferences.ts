import { ISignal, Signal } from '@lumino/signaling';

import type { CurveView } from '../charts/curveView';
import { CURVE_DEFAULTS, IS_VALID } from '../charts/curveView';
import type { Direction } from '../runs/metrics';
import { guessDirection } from '../runs/metrics';
import type { PictureMode } from '../pair/pictures';
import { PICTURE_MODES } from '../pair/pictures';
import { pairsOf, recordOf } from '../saved';
import type { TableLayout } from '../compare/tableLayout';
import { isTableLayout, USUAL_LAYOUT } from '../compare/tableLayout';

/** The charts of one point a run. */
export type RelationKind =
  'parallel' | 'scatter' | 'contour' | 'box' | 'importance';

/** What is told of two runs alone. */
export type PairKind = 'code' | 'outputs';

/** What a comparison shows: charts above the table, or two runs side by side. */
export type ChartKind = 'curves' | RelationKind | PairKind;

/** Every kind of chart, in the order in which they are offered. */
export const CHART_KINDS: readonly ChartKind[] = [
  'curves',
  'parallel',
  'scatter',
  'contour',
  'box',
  'importance',
  'code',
  'outputs'
];

/** How a person likes to look at runs; the same in every view and kept over reloads. */
export interface View extends CurveView {
  readonly chart: ChartKind;
  readonly differencesOnly: boolean;
  /** Share of the height that the curves have, the rest is the table's. */
  readonly split: number;
  /** The dimensions chosen for axes, by chart and axis: `scatter.x`. */
  readonly axes: Readonly<Record<string, string>>;
  readonly table: TableLayout;
  /** How pictures of two runs are held against each other. */
  readonly pictures: PictureMode;
}

/** How runs are looked at by somebody who has changed nothing. */
export const USUAL_VIEW: View = {
  ...CURVE_DEFAULTS,
  chart: 'curves',
  differencesOnly: false,
  split: 0.55,
  axes: {},
  table: USUAL_LAYOUT,
  pictures: 'side'
};

/** Return what of a view is not as usual, among what the usual one says. */
export function unusualIn<Usual extends object>(
  view: Partial<Usual>,
  usual: Usual
): Partial<Usual> {
  const names = Object.keys(usual) as (keyof Usual)[];
  const others = names.filter(
    name =>
      name in view && JSON.stringify(view[name]) !== JSON.stringify(usual[name])
  );
  return Object.fromEntries(
    others.map(name => [name, view[name]])
  ) as Partial<Usual>;
}

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
    this._view = { ...USUAL_VIEW, ...validView(recordOf(view)) };
    for (const [key, value] of pairsOf(directions)) {
      const direction = DIRECTIONS.find(one => one === value);
      if (direction) {
        this._directions.set(key, direction);
      }
    }
    this._changed.emit();
  }

  /** Say that something is preferred otherwise. */
  protected tell(): void {
    this._changed.emit();
  }

  private _view = USUAL_VIEW;
  private _directions = new Map<string, Direction>();
  private _changed = new Signal<this, void>(this);
}

function validView(saved: Record<string, unknown>): Partial<View> {
  const isValid: { [K in keyof View]: (value: unknown) => boolean } = {
    ...IS_VALID,
    chart: value => CHART_KINDS.some(kind => kind === value),
    differencesOnly: value => typeof value === 'boolean',
    split: value => isWithin(value, 0.1, 0.9),
    axes: isTexts,
    table: isTableLayout,
    pictures: value => PICTURE_MODES.some(mode => mode === value)
  };
  const names = Object.keys(isValid) as (keyof View)[];
  const valid = names.filter(name => isValid[name](saved[name]));
  return Object.fromEntries(valid.map(name => [name, saved[name]]));
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(one => typeof one === 'string')
  );
}

function isWithin(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}
