import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';

import { trackerIcon } from '../icons';
import { BranchesModel } from '../models/list/branches';
import { RunGroupsModel } from '../models/list/runGroups';
import { SparklineModel } from '../models/list/sparklines';
import type { ITracker } from '../tokens';
import type { RunsSidebar } from './runsSidebar';

/** What the sidebar tells to others. */
export interface IRunsPanelOptions {
  tracker: ITracker;
  onOpen: (runId: string) => void;
  onCompare: (runIds: readonly string[]) => void;
  onDelete: (runIds: readonly string[]) => void;
  onRestore: (runIds: readonly string[]) => void;
  /** Have a file or folder chosen; null where nothing can show them. */
  onBrowse: (() => Promise<string | null>) | null;
}

/** The sidebar with the list of runs. It listens to changes only while it is visible. */
export class RunsPanel extends ReactWidget {
  constructor(private readonly _options: IRunsPanelOptions) {
    super();
    const { tracker } = _options;
    this.id = 'tracker-runs';
    this.addClass('jp-tracker-panel');
    this.title.icon = trackerIcon;
    this.title.caption = tracker.trans.__('Tracker');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', tracker.trans.__('Tracker'));
    this._sparklines = new SparklineModel(tracker.api);
    this._branches = new BranchesModel(tracker.api, tracker.runs);
    this._groups = new RunGroupsModel(
      tracker.api,
      tracker.runs,
      tracker.layout
    );
    this._branches.changed.connect(this._feedSparklines, this);
    tracker.runs.changed.connect(this._feedSparklines, this);
    tracker.settingsChanged.connect(this._feedSparklines, this);
  }

  /** Bring a run into view as soon as the list has it. */
  reveal(runId: string): void {
    this._revealed = { runId };
    this.update();
  }

  /** Show the menu of stores, or the form that asks for another one. */
  chooseStore(form: boolean): void {
    this._asked = { form };
    this.update();
  }

  /** Put the cursor into the filter. */
  focusFilter(): void {
    this._filtering = {};
    this.update();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    Signal.clearData(this);
    this._sparklines.dispose();
    this._branches.dispose();
    this._groups.dispose();
    super.dispose();
  }

  protected override render(): JSX.Element {
    const { _sidebar: Sidebar } = this;
    return Sidebar === null ? (
      <div className="jp-tracker-runs" aria-busy="true" />
    ) : (
      <Sidebar
        {...this._options}
        sparklines={this._sparklines}
        groups={this._groups}
        branches={this._branches}
        revealed={this._revealed}
        asked={this._asked}
        filtering={this._filtering}
      />
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._begin();
    }
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._begin();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._options.tracker.runs.setActive(false);
  }

  private _begin(): void {
    this._options.tracker.runs.setActive(true);
    void this._load();
  }

  /** What the sidebar shows is loaded when somebody first looks. */
  private async _load(): Promise<void> {
    this._loading ??= import(/* webpackChunkName: "runs" */ './runsSidebar');
    const { RunsSidebar } = await this._loading;
    if (this._sidebar === null && !this.isDisposed) {
      this._sidebar = RunsSidebar;
      this.update();
    }
  }

  private _feedSparklines(): void {
    const { runs, settings } = this._options.tracker;
    const { folder, metric, runs: rows } = runs.state;
    const open = [...this._branches.open.values()];
    const below = open.flatMap(branch => branch.runs);
    this._sparklines.update(folder ?? '', settings.sparklines ? metric : null, [
      ...rows,
      ...below
    ]);
  }

  private readonly _sparklines: SparklineModel;
  private readonly _branches: BranchesModel;
  private readonly _groups: RunGroupsModel;
  private _sidebar: typeof RunsSidebar | null = null;
  private _loading: Promise<typeof import('./runsSidebar')> | null = null;
  private _revealed: { runId: string } | null = null;
  private _asked: { form: boolean } | null = null;
  private _filtering: object | null = null;
}
