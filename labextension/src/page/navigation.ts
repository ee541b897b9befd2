import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { IDataConnector, IRestorer } from '@jupyterlab/statedb';
import type {
  ReadonlyPartialJSONObject,
  ReadonlyPartialJSONValue
} from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import type { RunsModel } from '../models/list/runs';
import type { StoresModel } from '../models/list/stores';
import {
  type Address,
  asQuery,
  fromQuery,
  type View
} from '../api/pageAddress';
import type { PageShell } from './shell';

type App = JupyterFrontEnd<PageShell>;
type Saved = ReadonlyPartialJSONValue;

/**
 * Keeps the page's address and its views together: what is in front can be kept as a link, the
 * browser's back button leads to what was in front before, and a reload opens it again.
 *
 * To the plugins this is the layout's restorer: a view that survives a reload of JupyterLab has an
 * address here.
 */
export class Navigation implements ILayoutRestorer {
  constructor(private readonly _app: App) {
    this.restored = _app.started;
  }

  readonly restored: Promise<void>;

  /** Sidebars stay where they are. */
  add(): void {}

  /** Give the views of a tracker addresses. */
  async restore<T extends Widget>(
    tracker: WidgetTracker<T>,
    options: IRestorer.IOptions<T>
  ): Promise<void> {
    const { command, args } = options;
    this._commands.add(command);
    this._viewOf.push(widget => {
      const found = tracker.find(one => (one as Widget) === widget);
      return found && { command, args: args?.(found) ?? {} };
    });
    await tracker.restore({
      ...options,
      args: args ?? (() => ({})),
      connector: this._connector,
      registry: this._app.commands
    });
  }

  /** Open what the address names, and follow from now on. */
  async start(runs: RunsModel, stores: StoresModel): Promise<void> {
    this._runs = runs;
    this._stores = stores;
    await this._follow();
    this._app.shell.currentChanged.connect(() => this._write());
    runs.changed.connect(() => this._writeFolder());
    window.addEventListener('popstate', () => void this._follow());
    this._write();
  }

  private get _address(): Address {
    return fromQuery(window.location.search, command =>
      this._commands.has(command)
    );
  }

  private async _follow(): Promise<void> {
    const { folder, view } = this._address;
    this._following += 1;
    try {
      this._stores?.show(folder ?? '');
      if (view) {
        await this._app.commands.execute(view.command, view.args);
      } else {
        this._app.shell.closeViews();
      }
    } catch (error) {
      console.error('The address names a view that cannot be opened.', error);
    } finally {
      this._following -= 1;
    }
  }

  private _current(): View | null {
    const { currentView } = this._app.shell;
    for (const viewOf of currentView ? this._viewOf : []) {
      const view = viewOf(currentView as Widget);
      if (view) {
        return view;
      }
    }
    return null;
  }

  /** Write down what is in front: another view is a step back away, the same one changed is not. */
  private _write(replace = false): void {
    if (this._following > 0) {
      return;
    }
    const view = this._current();
    const folder = this._runs?.state.folder ?? this._address.folder;
    const { pathname, search } = window.location;
    const query = asQuery({ folder, view });
    if (query === search) {
      return;
    }
    if (replace) {
      window.history.replaceState(null, '', pathname + query);
    } else {
      window.history.pushState(null, '', pathname + query);
    }
  }

  private _writeFolder(): void {
    if (this._runs?.state.folder !== this._address.folder) {
      this._write(true);
    }
  }

  /** Told by a tracker whenever what a view would be opened with changes. */
  private readonly _connector: IDataConnector<Saved> = {
    fetch: () => Promise.resolve(undefined),
    list: () => Promise.resolve({ ids: [], values: [] }),
    remove: () => Promise.resolve(),
    save: () => Promise.resolve(this._write(true))
  };

  private readonly _commands = new Set<string>();
  private readonly _viewOf: ((
    widget: Widget
  ) => { command: string; args: ReadonlyPartialJSONObject } | undefined)[] = [];
  private _runs: RunsModel | null = null;
  private _stores: StoresModel | null = null;
  private _following = 0;
}
