import * as React from 'react';

import type { Order } from '../../models/order';
import type { RunsState } from '../../models/runsState';
import type { SelectionModel } from '../../models/selection';
import { useTrans } from '../common/context';
import { OrderSelect } from './OrderSelect';
import { Select } from './Toolbar';

/** Ticks all that is listed, tells how many there are, and chooses the metric shown. */
export function ListHeader(props: {
  state: RunsState;
  selection: SelectionModel;
  onMetric: (key: string | null) => void;
  onOrder: (order: Order) => void;
}): JSX.Element {
  const { state, selection } = props;
  const trans = useTrans();
  const ids = state.runs.map(run => run.run_id);
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
          <span role="status">
            {state.isLoading && state.runs.length === 0
              ? trans.__('Loading…')
              : state.isCounted
                ? trans._n('%1 run', '%1 runs', state.total)
                : trans.__('%1 runs or more', state.total)}
          </span>
          <OrderSelect
            order={state.order}
            metric={state.metric}
            onOrder={props.onOrder}
          />
        </div>
        {state.metric !== null && (
          <div role="columnheader" className="jp-tracker-list-metric">
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
