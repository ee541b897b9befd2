import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IApi } from './api';
import type { ICellsApi } from './api/cells';
import type { ILinksApi } from './api/links';
import type { ColorModel } from './models/runs/colors';
import type { Editor } from './models/runs/edits';
import type { HiddenModel } from './models/runs/hidden';
import type { ListLayout } from './models/list/listLayout';
import type { LiveChannels } from './models/runs/live';
import type { Preferences } from './models/views/preferences';
import type { RecentFilters } from './models/list/recentFilters';
import type { RunsModel } from './models/list/runs';
import type { SelectionModel } from './models/runs/selection';
import type { StoresModel } from './models/list/stores';

export { CommandIDs } from './commands';

/** What the settings editor sets. */
export interface Settings {
  /** The metric that the list shows first; '' for the most common one. */
  readonly defaultMetric: string;
  /** Points of a curve before it is sampled. */
  readonly maxPoints: number;
  /** Whether rows of the list show a small curve of the metric. */
  readonly sparklines: boolean;
  /** Whether cells that made runs are marked. */
  readonly cellMarks: boolean;
  /** Seconds between two questions where no websocket can be had. */
  readonly pollSeconds: number;
}

/** What the views of the labextension share. */
export interface ITracker {
  readonly api: IApi;
  readonly cells: ICellsApi;
  readonly channels: LiveChannels;
  readonly colors: ColorModel;
  readonly editor: Editor;
  /** The runs that charts leave out. */
  readonly hidden: HiddenModel;
  readonly links: ILinksApi;
  /** The columns and groups of the list. */
  readonly layout: ListLayout;
  readonly preferences: Preferences;
  /** The runs that the sidebar lists. */
  readonly runs: RunsModel;
  /** The filters that were used. */
  readonly filters: RecentFilters;
  /** Which store the sidebar looks at, and which there are. */
  readonly stores: StoresModel;
  /** The runs that are ticked. */
  readonly selection: SelectionModel;
  readonly settings: Settings;
  readonly settingsChanged: ISignal<ITracker, void>;
  /** Set settings, for good where they can be kept. */
  change(settings: Partial<Settings>): Promise<void>;
  readonly trans: TranslationBundle;
  /** The keys of a command as people read them, '' where it has none. */
  keysOf(command: string): string;
}

/** The token of what the views share. */
export const ITracker = new Token<ITracker>(
  'jupyterlab-tracker:ITracker',
  'The experiment tracker: its client, its lists of runs and what is ticked.'
);
