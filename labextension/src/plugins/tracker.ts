import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { Api } from '../api';
import { CellsApi } from '../api/cells';
import { LinksApi } from '../api/links';
import { ColorModel } from '../models/runs/colors';
import { Editor } from '../models/runs/edits';
import { HiddenModel } from '../models/runs/hidden';
import { ListLayout } from '../models/list/listLayout';
import { Live, LiveChannels } from '../models/runs/live';
import { ListMemory } from '../models/list/memory';
import { Preferences } from '../models/views/preferences';
import { RecentFilters } from '../models/list/recentFilters';
import { RunsModel } from '../models/list/runs';
import { SelectionModel } from '../models/runs/selection';
import { StoreFacts } from '../models/runs/storeFacts';
import { StoresModel } from '../models/list/stores';
import { ITracker, Settings } from '../tokens';
import type { RunRow } from '../wire';
import { followFolder } from './folder';
import { keep } from './keep';

const PLUGIN_ID = 'jupyterlab-tracker:plugin';

const DEFAULTS: Settings = {
  defaultMetric: '',
  maxPoints: 1_000,
  sparklines: true,
  cellMarks: true,
  pollSeconds: 3
};

/** The models that all views share, with nothing to see yet. */
class Tracker implements ITracker {
  constructor(
    private readonly _app: JupyterFrontEnd,
    readonly trans: TranslationBundle
  ) {
    const { serverSettings } = _app.serviceManager;
    this.api = new Api(serverSettings);
    this.cells = new CellsApi(serverSettings);
    this.links = new LinksApi(serverSettings);
    this.channels = new LiveChannels(
      folder =>
        new Live(this.api, folder, () => this.settings.pollSeconds * 1_000)
    );
    this.facts = new StoreFacts(this.api);
    this.stores = new StoresModel(this.api);
    this.editor = new Editor(this.api, this.channels, trans, this.facts);
    this.runs = new RunsModel(this.api, this.channels);
    this.stores.changed.connect(this._showStore, this);
    this.runs.changed.connect(this._noteStore, this);
    this.runs.storeChanged.connect(() => this.selection.clear());
    this.runs.changed.connect(this._spreadColors, this);
    this.layout.changed.connect(() => {
      const { groupBy, isNested } = this.layout;
      this.runs.setScope({ groupBy, isNested });
    });
    this.selection.changed.connect(() =>
      this.colors.distinguish(this.selection.runIds)
    );
  }

  readonly api: Api;
  readonly cells: CellsApi;
  readonly links: LinksApi;
  readonly channels: LiveChannels;
  readonly facts: StoreFacts;
  readonly stores: StoresModel;
  readonly editor: Editor;
  readonly runs: RunsModel;
  readonly colors = new ColorModel();
  readonly filters = new RecentFilters();
  readonly hidden = new HiddenModel();
  readonly layout = new ListLayout();
  readonly preferences = new Preferences();
  readonly selection = new SelectionModel();

  get settings(): Settings {
    return this._settings;
  }

  set settings(settings: Settings) {
    this._settings = settings;
    this.runs.setDefaultMetric(settings.defaultMetric || null);
    this._settingsChanged.emit();
  }

  get settingsChanged(): ISignal<this, void> {
    return this._settingsChanged;
  }

  /** Keeps settings; null where nothing can. */
  save: ((settings: Partial<Settings>) => Promise<void>) | null = null;

  async change(settings: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...settings };
    await this.save?.(settings);
  }

  keysOf = (command: string): string => {
    const { keyBindings } = this._app.commands;
    const keys = keyBindings.find(one => one.command === command)?.keys ?? [];
    return keys.map(stroke => stroke.replace(/ /g, '+')).join(' ');
  };

  private _showStore(): void {
    if (this.stores.followed !== null && this.stores.folder !== null) {
      this.runs.setFolder(this.stores.folder);
    }
  }

  private _noteStore(): void {
    const { folder, store } = this.runs.state;
    if (folder !== null && store !== null) {
      this.facts.take(folder, store);
    }
  }

  private _spreadColors(): void {
    const { runs } = this.runs.state;
    if (runs !== this._spread) {
      this._spread = runs;
      this.colors.spread(runs.map(run => run.run_id));
    }
  }

  private _spread: readonly RunRow[] = [];
  private _settings = DEFAULTS;
  private _settingsChanged = new Signal<this, void>(this);
}

/** Provides what the views share, fed by the settings and by the folder that is worked in. */
export const trackerPlugin: JupyterFrontEndPlugin<ITracker> = {
  id: PLUGIN_ID,
  description: 'The client and the models of the experiment tracker.',
  autoStart: true,
  provides: ITracker,
  optional: [
    ISettingRegistry,
    IStateDB,
    ITranslator,
    INotebookTracker,
    IDefaultFileBrowser
  ],
  activate: (
    app: JupyterFrontEnd,
    registry: ISettingRegistry | null,
    state: IStateDB | null,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    browser: IDefaultFileBrowser | null
  ): ITracker => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tracker');
    const tracker = new Tracker(app, trans);
    if (registry) {
      void readSettings(registry, tracker);
    }
    let chosen = Promise.resolve();
    if (state) {
      chosen = keep(state, 'jupyterlab-tracker:store', tracker.stores);
      const memory = new ListMemory(tracker.runs, tracker.selection);
      void keep(state, 'jupyterlab-tracker:list', memory);
      void keep(state, 'jupyterlab-tracker:colors', tracker.colors);
      void keep(state, 'jupyterlab-tracker:layout', tracker.layout);
      void keep(state, 'jupyterlab-tracker:filters', tracker.filters);
      void keep(state, 'jupyterlab-tracker:hidden', tracker.hidden);
      void keep(state, 'jupyterlab-tracker:preferences', tracker.preferences);
    }
    // On a page of its own the address says which store is shown.
    if (notebooks || browser) {
      void Promise.all([app.restored, chosen]).then(() => {
        const { contents } = app.serviceManager;
        followFolder(notebooks, browser, contents, (folder, notebook) => {
          tracker.runs.setNotebook(notebook);
          tracker.stores.follow(folder);
        });
      });
    }
    return tracker;
  }
};

async function readSettings(
  registry: ISettingRegistry,
  tracker: Tracker
): Promise<void> {
  try {
    const settings = await registry.load(PLUGIN_ID);
    const update = () => {
      tracker.settings = {
        ...DEFAULTS,
        ...(settings.composite as Partial<Settings>)
      };
    };
    settings.changed.connect(update);
    tracker.save = async changed => {
      for (const [key, value] of Object.entries(changed)) {
        await settings.set(key, value);
      }
    };
    update();
  } catch (error) {
    console.error('The settings of tracker could not be read.', error);
  }
}
