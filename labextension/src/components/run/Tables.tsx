import * as React from 'react';

import { formatNumber } from '../../format';
import { isSystemMetric } from '../../models/runs/metrics';
import type { MetricRow, RunRow, WireNumber } from '../../wire';
import { toNumber } from '../../wire';
import { useTrans } from '../common/context';
import { Filtered } from './Filtered';

/** Names and their texts, sorted by name. */
export function TextTable(props: {
  kind: 'param';
  runId: string;
  entries: readonly [string, string][];
  nothing: string;
}): JSX.Element {
  const trans = useTrans();
  if (props.entries.length === 0) {
    return <p className="jp-tracker-nothing">{props.nothing}</p>;
  }
  return (
    <Filtered
      entries={byName(props.entries)}
      textOf={entry => entry.join(' ')}
      label={trans.__('params')}
    >
      {shown => <Pairs {...props} entries={shown} />}
    </Filtered>
  );
}

function Pairs(props: {
  kind: 'param';
  runId: string;
  entries: readonly [string, string][];
}): JSX.Element {
  return (
    <table className="jp-tracker-pairs">
      <tbody>
        {props.entries.map(([key, value]) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td
              data-kind={props.kind}
              data-key={key}
              data-run-id={props.runId}
              data-value={value}
            >
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The metrics of a run, or of its machine: last value, extremes and number of points. */
export function MetricsTable(props: {
  run: RunRow;
  ofMachine?: boolean;
}): JSX.Element {
  const { run, ofMachine = false } = props;
  const trans = useTrans();
  const metrics = byName(Object.entries(run.metrics)).filter(
    ([key]) => isSystemMetric(key) === ofMachine
  );
  if (metrics.length === 0) {
    return <p className="jp-tracker-nothing">{trans.__('No metrics')}</p>;
  }
  return (
    <Filtered
      entries={metrics}
      textOf={([key]) => key}
      label={trans.__('metrics')}
    >
      {shown => <Summaries run={run} metrics={shown} />}
    </Filtered>
  );
}

function Summaries(props: {
  run: RunRow;
  metrics: readonly [string, MetricRow][];
}): JSX.Element {
  const { run, metrics } = props;
  const trans = useTrans();
  return (
    <table className="jp-tracker-pairs jp-mod-numbers">
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('Last')}</th>
          <th scope="col">{trans.__('Min')}</th>
          <th scope="col">{trans.__('Max')}</th>
          <th scope="col">{trans.__('Points')}</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map(([key, metric]) => (
          <MetricLine key={key} name={key} metric={metric} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function MetricLine(props: {
  name: string;
  metric: MetricRow;
  run: RunRow;
}): JSX.Element {
  const { name, metric, run } = props;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td
        data-kind="metric"
        data-key={name}
        data-run-id={run.run_id}
        data-value={String(metric.last)}
        title={String(metric.last)}
      >
        {show(metric.last)}
      </td>
      <td title={String(metric.min)}>{show(metric.min)}</td>
      <td title={String(metric.max)}>{show(metric.max)}</td>
      <td>{metric.count}</td>
    </tr>
  );
}

function show(value: WireNumber): string {
  return formatNumber(toNumber(value));
}

/** Return entries sorted by their names, numbers in them by value. */
export function byName<T>(entries: readonly [string, T][]): [string, T][] {
  return [...entries].sort(([a], [b]) =>
    a.localeCompare(b, undefined, { numeric: true })
  );
}
