import * as React from 'react';

import type { ListColumn } from '../../models/list/listColumns';
import { columnId, knownKeys } from '../../models/list/listColumns';
import type { ListLayout } from '../../models/list/listLayout';
import { runsIn } from '../../models/list/listRows';
import type { ListRows } from '../../models/list/listRows';
import type { GroupsState } from '../../models/list/runGroups';
import type { Order } from '../../models/list/order';
import type { RunsState } from '../../models/list/runsState';
import type { SelectionModel } from '../../models/runs/selection';
import { useTrans } from '../common/context';
import { columnWidth, isNumeric } from './columnNames';
import { ListOptions } from './ListOptions';
import { OrderSelect } from './OrderSelect';
import { SortButton, SortHeader } from './SortHeader';
import { Select } from '../common/Select';

/** Ticks all that is listed, tells how many there are, sorts, and chooses what is shown. */
export function ListHeader(props: {
  state: RunsState;
  rows: ListRows;
  groups: GroupsState;
  layout: ListLayout;
  aligned: readonly ListColumn[];
  selection: SelectionModel;
  onMetric: (key: string | null) => void;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { state, selection, layout, aligned, rows } = props;
  const trans = useTrans();
  const ids = React.useMemo(
    () => runsIn(rows.items).map(run => run.run_id),
    [rows]
  );
  const ticked = ids.filter(id => selection.has(id)).length;
  const isAll = ids.length > 0 && ticked === ids.length;
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className="jp-tracker-list-header">
        <div role="columnheader" className="jp-tracker-run-tick">
          <TriStateBox
            label={trans.__('Select all runs shown')}
            checked={isAll}
            mixed={ticked > 0 && !isAll}
            disabled={ids.length === 0}
            onChange={() => selection.setAll(ids, !isAll)}
          />
        </div>
        <div role="columnheader" className="jp-tracker-run-main">
          <Count state={state} groups={props.groups} />
          <OrderSelect
            order={state.order}
            metric={state.metric}
            columns={layout.columns}
            isGrouped={state.groupBy !== ''}
            onOrder={props.onOrder}
          />
          <ListOptions layout={layout} keys={() => knownKeys(state.runs)} />
        </div>
        {aligned.map(column => (
          <SortHeader
            key={columnId(column)}
            column={column}
            order={state.order}
            width={columnWidth(column)}
            isNumeric={isNumeric(column)}
            onOrder={props.onOrder}
          />
        ))}
        {state.metric !== null && (
          <div role="columnheader" className="jp-tracker-list-metric">
            {aligned.length > 0 && (
              <SortButton
                sortKey="metric"
                name={state.metric}
                order={state.order}
                onOrder={props.onOrder}
              />
            )}
            <MetricSelect
              state={state}
              metric={state.metric}
              onMetric={props.onMetric}
            />
          </div>
        )}
      </div>
    </div>
  );
}

/** How many runs, or groups of them, there are. */
function Count(props: { state: RunsState; groups: GroupsState }): JSX.Element {
  const { state, groups } = props;
  const trans = useTrans();
  const isGrouped = state.groupBy !== '';
  const isLoading = isGrouped
    ? groups.isLoading && groups.groups.length === 0
    : state.isLoading && state.runs.length === 0;
  const text = isGrouped
    ? trans._n('%1 group', '%1 groups', groups.total)
    : state.isCounted
      ? trans._n('%1 run', '%1 runs', state.total)
      : trans.__('%1 runs or more', state.total);
  const title = !isGrouped
    ? undefined
    : groups.isAll
      ? trans._n('Of %1 run', 'Of %1 runs', groups.runs)
      : trans.__(
          'Of the first %1 runs: this store has more than can be looked at',
          groups.runs
        );
  const isPart = isGrouped && !groups.isAll;
  return (
    <span role="status" title={title}>
      {isLoading ? trans.__('Loading…') : text}
      {isPart && <b aria-label={title}> *</b>}
    </span>
  );
}

function MetricSelect(props: {
  state: RunsState;
  metric: string;
  onMetric: (key: string | null) => void;
}): JSX.Element {
  const { metric } = props;
  const { metricKeys } = props.state;
  const trans = useTrans();
  const keys = metricKeys.includes(metric)
    ? metricKeys
    : [metric, ...metricKeys];
  return (
    <Select
      label={trans.__('Metric shown')}
      title={trans.__('Metric shown: %1', metric)}
      value={metric}
      onChange={props.onMetric}
    >
      {keys.map(key => (
        <option key={key} value={key}>
          {key}
        </option>
      ))}
    </Select>
  );
}

function TriStateBox(props: {
  label: string;
  checked: boolean;
  mixed: boolean;
  disabled: boolean;
  onChange: () => void;
}): JSX.Element {
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (box.current) {
      box.current.indeterminate = props.mixed;
    }
  }, [props.mixed]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={props.label}
      title={props.label}
      checked={props.checked}
      disabled={props.disabled}
      onChange={props.onChange}
    />
  );
}
