import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';

import { SurroundingsProvider } from '../components/common/context';
import { EmptyState } from '../components/common/message';
import { LineDiff } from '../components/pair/LineDiff';
import type { ITracker } from '../tokens';
import type { CellChangesAnswer } from '../wire';

/** What changed in a cell since a run, for a dialog. */
export class CellChanges extends ReactWidget {
  constructor(
    private readonly _tracker: ITracker,
    private readonly _changes: CellChangesAnswer
  ) {
    super();
    this.addClass('jp-tracker-view');
    this.addClass('jp-tracker-cell-changes');
  }

  protected override render(): JSX.Element {
    const { trans } = this._tracker;
    const { lines, run_name } = this._changes;
    const isEqual = lines.every(({ kind }) => kind === 'equal');
    return (
      <SurroundingsProvider value={this._tracker}>
        {isEqual ? (
          <EmptyState
            title={trans.__('The cell is what it was for “%1”.', run_name)}
          />
        ) : (
          <>
            <p>
              {trans.__(
                'Red is the code that “%1” ran, green what the cell holds now.',
                run_name
              )}
            </p>
            <LineDiff
              isSplit={false}
              lines={lines}
              label={trans.__('What changed in the cell')}
            />
          </>
        )}
      </SurroundingsProvider>
    );
  }
}
