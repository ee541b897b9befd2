import { ISignal, Signal } from '@lumino/signaling';

/** Where on the page of a run somebody is, or is sent. */
export class RunPlace {
  constructor(
    section: string | null = null,
    private _path: string | null = null
  ) {
    this._wanted = section === null ? null : { section };
  }

  /** The artifact that is looked at. */
  get path(): string | null {
    return this._path;
  }

  /** A section to scroll to; another object each time. */
  get wanted(): { readonly section: string } | null {
    return this._wanted;
  }

  /** Emitted when another artifact is looked at, or somebody is sent elsewhere. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Look at an artifact, or at none. */
  choose(path: string | null): void {
    if (path !== this._path) {
      this._path = path;
      this._changed.emit();
    }
  }

  /** Send to a section, and to an artifact in it. */
  go(section: string, path: string | null = null): void {
    this._wanted = { section };
    this._path = path ?? this._path;
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _wanted: { section: string } | null;
  private _changed = new Signal<this, void>(this);
}
