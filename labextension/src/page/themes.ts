import type { IThemeManager } from '@jupyterlab/apputils';
import type { IChangedArgs } from '@jupyterlab/coreutils';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

/** What a person may choose. */
export type ThemeChoice = 'system' | 'light' | 'dark';

type Changed = IChangedArgs<string, string | null>;

const LIGHT = 'JupyterLab Light';
const DARK = 'JupyterLab Dark';
const KEY = 'theme';
const SYSTEM = '(prefers-color-scheme: dark)';

/**
 * JupyterLab's light and dark theme: as the system has it, or as was chosen here.
 *
 * The page loads both; the dark one lies over the light one and its link says when it holds.
 */
export class PageThemes implements IThemeManager {
  constructor(
    private readonly _storage: Storage,
    private readonly _prefix: string
  ) {
    const saved = _storage.getItem(_prefix + KEY);
    this._choice = saved === 'light' || saved === 'dark' ? saved : 'system';
    this._theme = this._wanted;
    this._system.addEventListener('change', () => this._apply());
    this._apply();
  }

  readonly themes = [LIGHT, DARK];
  readonly lightThemes = [LIGHT];
  readonly darkThemes = [DARK];

  get theme(): string {
    return this._theme;
  }

  get themeChanged(): ISignal<this, Changed> {
    return this._themeChanged;
  }

  get choice(): ThemeChoice {
    return this._choice;
  }

  set choice(choice: ThemeChoice) {
    this._choice = choice;
    this._storage.setItem(this._prefix + KEY, choice);
    this._apply();
  }

  setTheme(name: string): Promise<void> {
    this.choice = this.isLight(name) ? 'light' : 'dark';
    return Promise.resolve();
  }

  isLight(name: string): boolean {
    return name !== DARK;
  }

  getDisplayName(name: string): string {
    return name;
  }

  /** Scrollbars are the system's own. */
  themeScrollbars(): boolean {
    return false;
  }

  /** Other themes cannot be had on this page. */
  register(): IDisposable {
    return new DisposableDelegate(() => undefined);
  }

  /** The page's themes are loaded with it. */
  loadCSS(): Promise<void> {
    return Promise.resolve();
  }

  private get _wanted(): string {
    const isDark =
      this._choice === 'system'
        ? this._system.matches
        : this._choice === 'dark';
    return isDark ? DARK : LIGHT;
  }

  private _apply(): void {
    const isLight = this.isLight(this._wanted);
    const dark = document.getElementById('tracker-theme-dark');
    dark?.setAttribute('media', isLight ? 'not all' : 'all');
    document.documentElement.style.colorScheme = isLight ? 'light' : 'dark';
    document.body.dataset.jpThemeLight = String(isLight);
    document.body.dataset.jpThemeName = this._wanted;
    const oldValue = this._theme;
    this._theme = this._wanted;
    if (oldValue !== this._theme) {
      this._themeChanged.emit({
        name: 'theme',
        oldValue,
        newValue: this._theme
      });
    }
  }

  private readonly _system = window.matchMedia(SYSTEM);
  private readonly _themeChanged = new Signal<this, Changed>(this);
  private _choice: ThemeChoice;
  private _theme: string;
}
