import * as React from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ServerConnection } from '@jupyterlab/services';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import type { ISignal } from '@lumino/signaling';

import { ThemeProvider } from '../components/charts/theme';
import { SurroundingsProvider } from '../components/common/context';
import { RunView } from '../components/run/RunView';
import { FilesApi } from '../api/files';
import { ArtifactsModel } from '../models/files/artifacts';
import { CompareModel } from '../models/compare/compare';
import type { CurveView } from '../models/charts/curveView';
import { CURVE_DEFAULTS } from '../models/charts/curveView';
import { RunPlace } from '../models/run/place';
import { RunFiles } from '../models/files/runFiles';
import { OwnView } from '../models/views/ownView';
import { unusualIn } from '../models/views/preferences';
import type { ITracker } from '../tokens';

/** What the view of a run needs. */
export interface IRunPanelOptions {
  tracker: ITracker;
  folder: string;
  runId: string;
  themeChanged: ISignal<unknown, unknown> | null;
  rendermime: IRenderMimeRegistry;
  serverSettings: ServerConnection.ISettings;
  /** A section and an artifact to show first. */
  section: string | null;
  artifact: string | null;
  /** What `kept` returned before; undefined for a page not opened before. */
  kept: unknown;
  onCancel: (runId: string) => void;
  /** Open the menu of what can be done with the run; null where there is none. */
  onMenu: ((runId: string) => void) | null;
  onOpen: (runId: string) => void;
}

/** A main-area view of one run, followed live while it is visible. */
export class RunPanel extends ReactWidget {
  constructor(private readonly _options: IRunPanelOptions) {
    super();
    const { tracker, folder, runId } = _options;
    this.addClass('jp-tracker-view');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', tracker.trans.__('Run'));
    this.model = new CompareModel({
      api: tracker.api,
      channels: tracker.channels,
      maxPoints: tracker.settings.maxPoints,
      folder,
      runIds: [runId]
    });
    this._artifacts = new ArtifactsModel(tracker.api, folder, runId);
    this._files = new RunFiles(
      new FilesApi(_options.serverSettings),
      folder,
      runId
    );
    this.place = new RunPlace(_options.section, _options.artifact);
    this.preferences = new OwnView(tracker.preferences, _options.kept);
    void this.model.load();
    void this._artifacts.load('');
  }

  readonly model: CompareModel;
  /** Where on the page one is. */
  readonly place: RunPlace;
  readonly preferences: OwnView;

  /** How the charts are looked at, where that is not as usual. */
  get kept(): Partial<CurveView> {
    return unusualIn<CurveView>(this.preferences.view, CURVE_DEFAULTS);
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.model.dispose();
      this._artifacts.dispose();
      this.place.dispose();
      this.preferences.dispose();
    }
  }

  protected override render(): JSX.Element {
    const { tracker, themeChanged, rendermime, onCancel, onMenu, onOpen } =
      this._options;
    return (
      <SurroundingsProvider value={tracker}>
        <ThemeProvider value={themeChanged}>
          <RunView
            model={this.model}
            artifacts={this._artifacts}
            files={this._files}
            place={this.place}
            preferences={this.preferences}
            editor={tracker.editor}
            rendermime={rendermime}
            onCancel={onCancel}
            onMenu={onMenu}
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

  private readonly _artifacts: ArtifactsModel;
  private readonly _files: RunFiles;
}
