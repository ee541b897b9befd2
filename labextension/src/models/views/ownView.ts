import type { Direction } from '../runs/metrics';
import type { View } from './preferences';
import { Preferences } from './preferences';
import { recordOf } from '../saved';

/**
 * The view of one comparison, kept with it: two of them may look at runs in different ways.
 *
 * What is changed in one is where the next one that is opened begins. Directions of metrics are the
 * same everywhere.
 */
export class OwnView extends Preferences {
  constructor(
    private readonly _shared: Preferences,
    saved?: unknown
  ) {
    super();
    this.restore({ view: { ..._shared.view, ...recordOf(saved) } });
    _shared.changed.connect(this._onShared, this);
  }

  override directionOf = (key: string): Direction =>
    this._shared.directionOf(key);

  override turnDirection = (key: string): void =>
    this._shared.turnDirection(key);

  override setView(change: Partial<View>): void {
    super.setView(change);
    // What part of these runs was looked at says nothing of others.
    const { zooms, ...shared } = change;
    if (zooms === undefined || Object.keys(shared).length > 0) {
      this._shared.setView(shared);
    }
  }

  /** Look as was kept, or as a link says. */
  show(saved: unknown): void {
    this.restore({ view: { ...this.view, ...recordOf(saved) } });
  }

  dispose(): void {
    this._shared.changed.disconnect(this._onShared, this);
  }

  private _onShared(): void {
    this.tell();
  }
}
