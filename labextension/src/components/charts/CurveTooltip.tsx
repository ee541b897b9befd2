import * as React from 'react';
import { createPortal } from 'react-dom';

import { formatNumber } from '../../format';
import { dimensionsOf } from '../../models/runs/dimensions';
import type { RunRow } from '../../wire';
import { useTrans } from '../common/context';
import type { Pointed } from './CurveCanvas';
import type { Hit } from './curveChart';
import { shorten } from './frame';
import { Swatch } from './Swatch';
import { xText } from './words';

/** More runs than this do not fit beside the pointer: those nearest to it do. */
const MOST_ROWS = 12;
const MOST_PARAMS = 4;
const GAP = 16;

/** The runs by value at the x that the pointer is at, with the params that they differ in. */
export function CurveTooltip(props: {
  pointed: Pointed;
  runs: readonly RunRow[];
  /** What x is called. */
  xName: string;
  /** Whether the chart has several metrics. */
  hasMetrics: boolean;
}): JSX.Element {
  const { pointed, runs, xName, hasMetrics } = props;
  const trans = useTrans();
  const node = React.useRef<HTMLDivElement>(null);
  const { hits, nearest, axes } = pointed;
  const shown = rowsAround(hits, nearest);
  const params = React.useMemo(
    () =>
      dimensionsOf(runs)
        .filter(({ kind }) => kind === 'param')
        .slice(0, MOST_PARAMS)
        .map(({ key }) => key),
    [runs]
  );
  const isGrouped = nearest.line.band !== null;
  const columns = isGrouped ? [] : params;
  React.useLayoutEffect(() => {
    if (node.current) {
      place(node.current, pointed.place);
    }
  });
  return createPortal(
    <div
      ref={node}
      className="jp-tracker-tooltip jp-ThemedContainer"
      aria-hidden="true"
    >
      <table>
        <thead>
          <tr>
            <th>{`${xName} ${xText(nearest.line.x[nearest.index], axes.x)}`}</th>
            <th />
            {columns.map(key => (
              <th key={key}>{shorten(key, 14)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(hit => (
            <Row
              key={`${hit.line.metric}\n${hit.line.runId}`}
              hit={hit}
              isNearest={hit.line === nearest.line}
              run={runs.find(run => run.run_id === hit.line.runId)}
              params={columns}
              hasMetrics={hasMetrics}
            />
          ))}
        </tbody>
      </table>
      {shown.length < hits.length && (
        <small>
          {trans._n('%1 more', '%1 more', hits.length - shown.length)}
        </small>
      )}
    </div>,
    document.body
  );
}

function Row(props: {
  hit: Hit;
  isNearest: boolean;
  run: RunRow | undefined;
  params: readonly string[];
  hasMetrics: boolean;
}): JSX.Element {
  const { hit, isNearest, run, params, hasMetrics } = props;
  const { line, index } = hit;
  const name = shorten(line.name, 28);
  return (
    <tr data-nearest={isNearest} data-run-id={line.runId}>
      <td>
        <Swatch color={line.color} dash={line.dash} />
        {hasMetrics ? `${name} · ${shorten(line.metric, 20)}` : name}
      </td>
      <td className="jp-tracker-tooltip-value">
        {formatNumber(line.y[index], 5)}
        {line.raw && <small>{` (${formatNumber(line.raw[index], 5)})`}</small>}
        {line.band && (
          <small>
            {` ${formatNumber(line.band.low[index])} … ${formatNumber(line.band.high[index])}`}
          </small>
        )}
      </td>
      {params.map(key => (
        <td key={key}>{shorten(run?.params[key] ?? '', 14)}</td>
      ))}
    </tr>
  );
}

/** Return the hits by value, of very many those around the one that is nearest. */
export function rowsAround(hits: readonly Hit[], nearest: Hit): readonly Hit[] {
  const at = hits.findIndex(hit => hit.line === nearest.line);
  const last = Math.max(0, hits.length - MOST_ROWS);
  const first = Math.min(Math.max(0, at - MOST_ROWS / 2), last);
  return hits.slice(first, first + MOST_ROWS);
}

/** Beside the pointer, on the side where there is room. */
function place(node: HTMLElement, { x, y }: { x: number; y: number }): void {
  const { offsetWidth: width, offsetHeight: height } = node;
  const right = x + GAP + width <= window.innerWidth;
  const left = right ? x + GAP : Math.max(4, x - GAP - width);
  const top = Math.min(y - 12, window.innerHeight - height - 4);
  node.style.transform = `translate(${left}px, ${Math.max(4, top)}px)`;
}
