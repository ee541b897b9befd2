import * as React from 'react';
import { flushSync } from 'react-dom';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';

import { ThemeProvider } from '../components/charts/theme';
import type { CodePlace } from '../components/charts/ChartActions';
import { SurroundingsProvider } from '../components/common/context';
import { CompareView } from '../components/compare/CompareView';
import type { Arrangement } from '../models/pair/arrangement';
import type { ViewActionsProps } from '../components/compare/ViewActions';
import { firstMetrics } from '../models/charts/sections';
import { CompareModel } from '../models/compare/compare';
import { FactsModel } from '../models/compare/facts';
import { chartKeys } from '../models/runs/metrics';
import { inOrder } from '../models/views/chartOrder';
import { OwnView } from '../models/views/ownView';
import type { View } from '../models/views/preferences';
import { CHART_KINDS } from '../models/views/preferences';
import { recordOf } from '../models/saved';
import type { ITracker } from '../tokens';

/** What a comparison needs. */
export interface IComparePanelOptions {
  tracker: ITracker;
  folder: string;
  runIds: readonly string[];
  /** What `kept` returned before; null for a new comparison. */
  kept: unknown;
  themeChanged: ISignal<unknown, unknown> | null;
  onOpen: (runId: string) => void;
  openCode: CodePlace['openCode'];
  /** Keep, open or link views as a command does; null where there is none. */
  viewActions: (panel: ComparePanel) => ViewActionsProps;
}

/** All that makes a comparison the same again after a reload, or for somebody else. */
export interface KeptComparison extends Arrangement {
  readonly view: View;
}

/** A main-area view of some runs side by side, followed live while it is visible. */
export class ComparePanel extends ReactWidget {
  constructor(private readonly _options: IComparePanelOptions) {
    super();
    const { tracker, folder, runIds, kept } = _options;
    this.addClass('jp-tracker-view');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', tracker.trans.__('Compare runs'));
    this.model = new CompareModel({
      api: tracker.api,
      channels: tracker.channels,
      maxPoints: tracker.settings.maxPoints,
      hidden: tracker.hidden,
      folder,
      runIds,
      arrangement: kept
    });
    this.preferences = new OwnView(tracker.preferences, recordOf(kept).view);
    this.facts = new FactsModel(this.model);
    this.model.changed.connect(this._readAhead, this);
    void this.model.load();
  }

  readonly model: CompareModel;
  readonly preferences: OwnView;
  readonly facts: FactsModel;

  get kept(): KeptComparison {
    return { ...this.model.arrangement, view: this.preferences.view };
  }

  /** Show the chart that comes so many after the one that is shown, and go to its tab. */
  showChartAfter(by: number): void {
    const at = CHART_KINDS.indexOf(this.preferences.view.chart) + by;
    const { length } = CHART_KINDS;
    const chart = CHART_KINDS[(at + length) % length];
    flushSync(() => this.preferences.setView({ chart }));
    this.node
      .querySelector<HTMLElement>('[role=tab][aria-selected=true]')
      ?.focus();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.model.changed.disconnect(this._readAhead, this);
      super.dispose();
      this.facts.dispose();
      this.preferences.dispose();
      this.model.dispose();
    }
  }

  protected override render(): JSX.Element {
    const { tracker, themeChanged, onOpen, openCode, viewActions } =
      this._options;
    return (
      <SurroundingsProvider value={tracker}>
        <ThemeProvider value={themeChanged}>
          <CompareView
            model={this.model}
            preferences={this.preferences}
            facts={this.facts}
            onOpen={onOpen}
            openCode={openCode}
            viewActions={viewActions(this)}
          />
        </ThemeProvider>
      </SurroundingsProvider>
    );
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.model.setActive(this.isVisible);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.model.setActive(true);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.model.setActive(false);
  }

  /** Ask for the first chart's points as soon as the runs are known: drawing the view takes longer. */
  private _readAhead(): void {
    const { model, preferences } = this;
    const { runs } = model.state;
    if (runs.length > 0) {
      model.changed.disconnect(this._readAhead, this);
      const { view } = preferences;
      const keys =
        view.chart === 'curves' ? inOrder(chartKeys(runs), view) : [];
      firstMetrics(keys, view).forEach(key => model.hold(key).dispose());
    }
  }
}
