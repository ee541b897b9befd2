import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';

import { AgainForm } from '../components/cells/AgainForm';
import { SurroundingsProvider } from '../components/common/context';
import type { AgainModel } from '../models/cells/again';
import type { ITracker } from '../tokens';

/** The form for running a run again, or verifying it, for a dialog. */
export class AgainBody extends ReactWidget {
  constructor(
    private readonly _tracker: ITracker,
    private readonly _model: AgainModel
  ) {
    super();
    this.addClass('jp-tracker-view');
    this.addClass('jp-tracker-again-body');
  }

  protected override render(): JSX.Element {
    return (
      <SurroundingsProvider value={this._tracker}>
        <AgainForm model={this._model} />
      </SurroundingsProvider>
    );
  }
}
