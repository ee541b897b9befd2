import type { IDisposable } from '@lumino/disposable';

import type { Live, LiveChange, LiveChannels, LiveState } from '../runs/live';

/** Hears of one folder at a time, of its changes only while somebody looks. */
export class Listening implements IDisposable {
  constructor(
    private readonly _channels: Pick<LiveChannels, 'of'>,
    private readonly _onChange: (change: LiveChange) => void,
    private readonly _onState: (state: LiveState) => void
  ) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Hear of this folder from now on; returns how its channel is. */
  follow(folder: string): LiveState {
    this._leave();
    this._live = this._channels.of(folder);
    this._live.changed.connect(this._tellChange, this);
    this._live.stateChanged.connect(this._tellState, this);
    this._listen();
    return this._live.state;
  }

  /** Listen to changes, or do not. */
  setActive(isActive: boolean): void {
    if (isActive !== this._isActive) {
      this._isActive = isActive;
      this._listen();
    }
  }

  /** Say that everything up to this revision was read. */
  seen(revision: number): void {
    this._live?.seen(revision);
  }

  dispose(): void {
    this._isDisposed = true;
    this.setActive(false);
    this._leave();
  }

  private _listen(): void {
    this._hold?.dispose();
    this._hold = this._isActive && this._live ? this._live.hold() : null;
  }

  private _leave(): void {
    this._live?.changed.disconnect(this._tellChange, this);
    this._live?.stateChanged.disconnect(this._tellState, this);
  }

  private _tellChange(_: Live, change: LiveChange): void {
    this._onChange(change);
  }

  private _tellState(_: Live, state: LiveState): void {
    this._onState(state);
  }

  private _isDisposed = false;
  private _isActive = false;
  private _live: Live | null = null;
  private _hold: IDisposable | null = null;
}
