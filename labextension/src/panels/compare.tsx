import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';

import { ThemeProvider } from '../components/charts/theme';
import { SurroundingsProvider } from '../components/common/context';
import { CompareView } from '../components/compare/CompareView';
import { CompareModel } from '../models/compare';
import type { ITracker } from '../tokens';

/** What a comparison needs. */
export interface IComparePanelOptions {
  tracker: ITracker;
  folder: string;
  runIds: readonly string[];
  themeChanged: ISignal<unknown, unknown> | null;
  onOpen: (runId: string) => void;
}

/** A main-area view of some runs side by side, followed live while it is visible. */
export class ComparePanel extends ReactWidget {
  constructor(private readonly _options: IComparePanelOptions) {
    super();
    const { tracker, folder, runIds } = _options;
    this.addClass('jp-tracker-view');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', tracker.trans.__('Compare runs'));
    this.model = new CompareModel({
      api: tracker.api,
      channels: tracker.channels,
      maxPoints: tracker.settings.maxPoints,
      hidden: tracker.hidden,
      folder,
      runIds
    });
    void this.model.load();
  }

  readonly model: CompareModel;

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.model.dispose();
    }
  }

  protected override render(): JSX.Element {
    const { tracker, themeChanged, onOpen } = this._options;
    return (
      <SurroundingsProvider value={tracker}>
        <ThemeProvider value={themeChanged}>
          <CompareView
            model={this.model}
            preferences={tracker.preferences}
            onOpen={onOpen}
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
}
