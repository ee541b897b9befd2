import * as React from 'react';

import { SurroundingsProvider } from '../components/common/context';
import { RunsView } from '../components/runs/RunsView';
import { StoreSwitcher } from '../components/stores/StoreSwitcher';
import type { BranchesModel } from '../models/list/branches';
import { CompletionModel } from '../models/list/completion';
import type { RunGroupsModel } from '../models/list/runGroups';
import type { SparklineModel } from '../models/list/sparklines';
import type { IRunsPanelOptions } from './runs';

/** What the sidebar shows; loaded when it is first opened. */
export function RunsSidebar(
  props: IRunsPanelOptions & {
    sparklines: SparklineModel;
    groups: RunGroupsModel;
    branches: BranchesModel;
    revealed: { runId: string } | null;
    asked: { form: boolean } | null;
    filtering: object | null;
  }
): JSX.Element {
  const { tracker } = props;
  const completion = React.useMemo(
    () => new CompletionModel(tracker.api),
    [tracker.api]
  );
  return (
    <SurroundingsProvider value={tracker}>
      <RunsView
        model={tracker.runs}
        selection={tracker.selection}
        sparklines={props.sparklines}
        layout={tracker.layout}
        groups={props.groups}
        branches={props.branches}
        hidden={tracker.hidden}
        revealed={props.revealed}
        filtering={props.filtering}
        completion={completion}
        recent={tracker.filters}
        header={state => (
          <StoreSwitcher
            stores={tracker.stores}
            store={state.store}
            asked={props.asked}
            onBrowse={props.onBrowse}
          />
        )}
        whyNot={folder => tracker.editor.whyNot(folder)}
        onFollowFolder={() => tracker.stores.followFolder()}
        onOpen={props.onOpen}
        onFavourite={(runIds, isFavourite) =>
          void tracker.editor.favour(
            tracker.runs.state.folder ?? '',
            runIds,
            isFavourite
          )
        }
        onCompare={props.onCompare}
        onDelete={props.onDelete}
        onRestore={props.onRestore}
      />
    </SurroundingsProvider>
  );
}
