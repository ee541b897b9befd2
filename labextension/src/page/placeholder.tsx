import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { EmptyState } from '../components/common/message';

/** Stands beside the list while no view is open, and says how to open one. */
export class Placeholder extends ReactWidget {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-tracker-page-placeholder');
  }

  protected override render(): JSX.Element {
    const trans = this._trans;
    return (
      <EmptyState title={trans.__('Nothing is open')}>
        <p>
          {trans.__(
            'Click the name of a run for its params, curves, code and files.'
          )}
        </p>
        <p>{trans.__('Tick two or more to see what they differ in.')}</p>
      </EmptyState>
    );
  }
}
