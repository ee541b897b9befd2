import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IApi } from '../../api';
import type { LiveMessage, RunRow } from '../../wire';

/** What changed in the store. Where `runs` is null too much did: search again. */
export interface LiveChange {
  runs: RunRow[] | null;
  experimentsChanged: boolean;
}

/** How changes reach this page; `paused` while nobody looks. */
export type LiveState =
  'paused' | 'connecting' | 'live' | 'polling' | 'offline';

const SETTLING = 100;
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const FAILURES_BEFORE_POLLING = 3;
const RETRY_SOCKET = 30_000;
const GREETING_TIMEOUT = 10_000;

/**
 * What changes in the store of one folder, for as long as somebody wants to know.
 *
 * A websocket where one can be had; behind proxies that allow none, the store's revision is asked
 * for every few seconds. Nothing is sent while no view holds the channel or the page is hidden.
 */
export class Live implements IDisposable {
  constructor(
    private readonly _api: Pick<IApi, 'openLive' | 'experiments'>,
    readonly folder: string,
    private readonly _pollInterval = () => 3_000
  ) {
    document.addEventListener('visibilitychange', this._update);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Emitted for each change of the store. */
  get changed(): ISignal<this, LiveChange> {
    return this._changed;
  }

  get state(): LiveState {
    return this._state;
  }

  get stateChanged(): ISignal<this, LiveState> {
    return this._stateChanged;
  }

  /** Keep the channel open until the result is disposed. */
  hold(): IDisposable {
    this._holders += 1;
    this._update();
    return new DisposableDelegate(() => {
      this._holders -= 1;
      this._update();
    });
  }

  /** Say which revision a view has read before the channel first answered. */
  seen(revision: number): void {
    this._revision ??= revision;
  }

  /** Tell every view what this page itself has changed, before the server says so. */
  tell(runs: RunRow[]): void {
    this._changed.emit({ runs, experimentsChanged: true });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    document.removeEventListener('visibilitychange', this._update);
    this._stop();
    Signal.clearData(this);
  }

  private _update = (): void => {
    const wanted = !this._isDisposed && this._holders > 0 && !document.hidden;
    if (wanted && this._state === 'paused') {
      this._failures = 0;
      this._setState('connecting');
      // Views come and go while a layout is restored: do not dial for each of them.
      this._retryTimer = window.setTimeout(this._connect, SETTLING);
    } else if (!wanted && this._state !== 'paused') {
      this._stop();
    }
  };

  private _connect = (): void => {
    this._closeSocket();
    if (this._state !== 'polling' && this._state !== 'offline') {
      this._setState('connecting');
    }
    let socket: WebSocket;
    try {
      socket = this._api.openLive(this.folder);
    } catch {
      this._onClose();
      return;
    }
    this._socket = socket;
    socket.onmessage = event => this._onMessage(event);
    socket.onclose = () => this._onClose();
    // Some proxies accept a socket and then swallow everything that is sent on it.
    this._greetingTimer = window.setTimeout(() => {
      this._closeSocket();
      this._onClose();
    }, GREETING_TIMEOUT);
  };

  private _onMessage(event: MessageEvent): void {
    let message: LiveMessage;
    try {
      message = JSON.parse(String(event.data)) as LiveMessage;
    } catch {
      return;
    }
    if (message.type !== 'changes') {
      return;
    }
    if (this._state !== 'live') {
      this._greet(message);
      return;
    }
    this._revision = message.revision;
    this._changed.emit({
      runs: message.truncated ? null : message.runs,
      experimentsChanged: message.experiments_changed
    });
  }

  /** The first message tells the revision: were there changes while this page did not listen? */
  private _greet(message: LiveMessage): void {
    this._failures = 0;
    this._clearTimers();
    this._setState('live');
    if (message.truncated) {
      this._revision = message.revision;
      this._changed.emit({ runs: null, experimentsChanged: true });
    } else {
      this._noteRevision(message.revision);
    }
  }

  private _noteRevision(revision: number): void {
    const missed = this._revision !== null && this._revision !== revision;
    this._revision = revision;
    if (missed) {
      this._changed.emit({ runs: null, experimentsChanged: true });
    }
  }

  private _onClose(): void {
    window.clearTimeout(this._greetingTimer);
    this._socket = null;
    this._failures += 1;
    if (this._failures < FAILURES_BEFORE_POLLING) {
      const delay = FIRST_DELAY * 2 ** (this._failures - 1);
      this._setState('connecting');
      this._retryTimer = window.setTimeout(this._connect, jitter(delay));
      return;
    }
    this._retryTimer = window.setTimeout(this._connect, jitter(RETRY_SOCKET));
    if (this._pollTimer === null) {
      void this._poll();
    }
  }

  private _poll = async (): Promise<void> => {
    this._pollTimer = 0;
    let delay = this._pollInterval();
    try {
      const { store } = await this._api.experiments(this.folder);
      if (!this._isPolling()) {
        return;
      }
      this._setState('polling');
      this._noteRevision(store.revision);
    } catch {
      if (!this._isPolling()) {
        return;
      }
      this._setState('offline');
      delay = LONGEST_DELAY;
    }
    this._pollTimer = window.setTimeout(() => void this._poll(), delay);
  };

  private _isPolling(): boolean {
    return this._pollTimer !== null && this._state !== 'paused';
  }

  private _stop(): void {
    this._clearTimers();
    this._closeSocket();
    this._setState('paused');
  }

  private _closeSocket(): void {
    if (this._socket) {
      this._socket.onclose = null;
      this._socket.onmessage = null;
      this._socket.close();
      this._socket = null;
    }
  }

  private _clearTimers(): void {
    window.clearTimeout(this._retryTimer);
    window.clearTimeout(this._greetingTimer);
    if (this._pollTimer !== null) {
      window.clearTimeout(this._pollTimer);
      this._pollTimer = null;
    }
  }

  private _setState(state: LiveState): void {
    if (this._state !== state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private _isDisposed = false;
  private _holders = 0;
  private _state: LiveState = 'paused';
  private _socket: WebSocket | null = null;
  private _revision: number | null = null;
  private _failures = 0;
  private _retryTimer = 0;
  private _greetingTimer = 0;
  private _pollTimer: number | null = null;
  private _changed = new Signal<this, LiveChange>(this);
  private _stateChanged = new Signal<this, LiveState>(this);
}

/** One `Live` per folder, shared by every view that shows it. */
export class LiveChannels implements IDisposable {
  constructor(private readonly _create: (folder: string) => Live) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Return the folder's channel. */
  of(folder: string): Live {
    let live = this._channels.get(folder);
    if (!live) {
      live = this._create(folder);
      this._channels.set(folder, live);
    }
    return live;
  }

  dispose(): void {
    this._isDisposed = true;
    this._channels.forEach(live => live.dispose());
    this._channels.clear();
  }

  private _isDisposed = false;
  private _channels = new Map<string, Live>();
}

/** Many pages must not knock at a restarted server in the same instant. */
function jitter(delay: number): number {
  return delay * (0.75 + Math.random() / 2);
}
