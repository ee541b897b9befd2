import * as React from 'react';

import { formatNumber } from '../../format';
import type { Dimension } from '../../models/runs/dimensions';
import { positionOf, rangeOf } from '../../models/runs/dimensions';
import { useColors, useTrans } from '../common/context';
import { ChartActions } from '../charts/ChartActions';
import { svgImage } from '../charts/image';
import { useSize } from '../charts/useSize';
import type { PaneProps } from './props';
import { figureAxis } from './useAxis';

const LOWEST = 220;
const TOP = 44;
const BOTTOM = 16;
const SIDE = 70;
/** Less room than this between two axes and their names run into each other: scroll instead. */
const NARROWEST = 110;
const MOST_AXES = 24;
const MOST_WORDS = 12;
/** How much of an axis one press of a key moves its range. */
const KEY_STEP = 0.05;
const SNAP = 0.03;

/** The part of an axis that runs must lie in, from 0 (bottom) to 1. */
type Ranges = ReadonlyMap<string, readonly [number, number]>;

/** Every run a line through what it was given and what it reached. Ranges leave runs out. */
export function ParallelPane(props: PaneProps): JSX.Element {
  const { runs, emphasis, onEmphasis } = props;
  const trans = useTrans();
  const colors = useColors();
  const host = React.useRef<HTMLDivElement>(null);
  const svg = React.useRef<SVGSVGElement>(null);
  const axes = props.dimensions.slice(0, MOST_AXES);
  const room = useSize(host);
  const width = Math.max(room.width, 2 * SIDE + NARROWEST * (axes.length - 1));
  const bottom = Math.max(LOWEST, room.height) - BOTTOM;
  const [ranges, setRanges] = React.useState<Ranges>(new Map());
  const setRange = (id: string, range: readonly [number, number] | null) => {
    const next = new Map(ranges);
    next.delete(id);
    setRanges(range ? next.set(id, range) : next);
  };
  const xOf = (i: number) =>
    axes.length === 1
      ? width / 2
      : SIDE + (i * (width - 2 * SIDE)) / (axes.length - 1);
  const inside = runs.map((_, i) => isInside(axes, ranges, i));
  const kept = runs.filter((_, i) => inside[i]).map(run => run.run_id);
  return (
    <div className="jp-tracker-relation">
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Ranges')}
      >
        <span role="status">
          {ranges.size === 0
            ? trans.__('Drag along an axis to keep a range of it.')
            : trans.__('%1 of %2 runs', kept.length, runs.length)}
        </span>
        {ranges.size > 0 && (
          <>
            <button
              type="button"
              className="jp-tracker-button"
              onClick={() => setRanges(new Map())}
            >
              {trans.__('Clear')}
            </button>
            <button
              type="button"
              className="jp-tracker-button"
              disabled={kept.length === 0}
              onClick={() => props.onOnly(kept)}
            >
              {trans.__('Draw only these')}
            </button>
          </>
        )}
        <ChartActions
          name={trans.__('Parallel coordinates')}
          figure={{ kind: 'parallel', axes: axes.map(figureAxis) }}
          runs={runs.filter((_, i) => inside[i])}
          image={format =>
            svg.current
              ? svgImage(svg.current, format)
              : Promise.reject(new Error('nothing is drawn'))
          }
        />
      </div>
      <div ref={host} className="jp-tracker-parallel jp-tracker-relation-room">
        <svg
          ref={svg}
          width={width}
          height={bottom + BOTTOM}
          role="group"
          aria-label={trans.__('Parallel coordinates')}
        >
          <g fill="none">
            {runs.map((run, i) => (
              <path
                key={run.run_id}
                d={pathOf(axes, i, xOf, bottom)}
                data-run-id={run.run_id}
                data-inside={inside[i]}
                data-dimmed={emphasis !== null && emphasis !== run.run_id}
                stroke={colors.colorOf(run.run_id)}
                onPointerEnter={() => onEmphasis(run.run_id)}
                onPointerLeave={() => onEmphasis(null)}
              >
                <title>{run.run_name}</title>
              </path>
            ))}
          </g>
          {axes.map((axis, i) => (
            <Axis
              key={axis.id}
              axis={axis}
              x={xOf(i)}
              bottom={bottom}
              range={ranges.get(axis.id) ?? null}
              onRange={range => setRange(axis.id, range)}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

function Axis(props: {
  axis: Dimension;
  x: number;
  bottom: number;
  range: readonly [number, number] | null;
  onRange: (range: readonly [number, number] | null) => void;
}): JSX.Element {
  const { axis, x, bottom, range, onRange } = props;
  const trans = useTrans();
  const from = React.useRef<number | null>(null);
  const positionAt = (event: React.PointerEvent<SVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return snapped(clamp(1 - (event.clientY - box.top) / box.height));
  };
  return (
    <g transform={`translate(${x} 0)`} className="jp-tracker-axis">
      <text y={TOP - 24} textAnchor="middle" className="jp-tracker-axis-name">
        {shorten(axis.key)}
        <title>{axis.key}</title>
      </text>
      <line y1={TOP} y2={bottom} />
      {ticksOf(axis).map(([position, text]) => (
        <text key={text} x={8} y={yOf(position, bottom) + 4}>
          {text}
        </text>
      ))}
      {range && (
        <rect
          className="jp-tracker-axis-range"
          x={-6}
          width={12}
          y={yOf(range[1], bottom)}
          height={Math.max(2, yOf(range[0], bottom) - yOf(range[1], bottom))}
        />
      )}
      <rect
        className="jp-tracker-axis-grip"
        x={-12}
        width={24}
        y={TOP}
        height={bottom - TOP}
        tabIndex={0}
        role="slider"
        aria-orientation="vertical"
        aria-label={trans.__('Range of %1', axis.key)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * (range?.[0] ?? 0))}
        aria-valuetext={range ? rangeText(axis, range) : trans.__('all')}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = positionAt(event);
        }}
        onPointerMove={event => {
          if (from.current !== null) {
            const to = positionAt(event);
            onRange([Math.min(from.current, to), Math.max(from.current, to)]);
          }
        }}
        onPointerUp={event => {
          // A click without a drag keeps all of the axis.
          if (Math.abs((from.current ?? 0) - positionAt(event)) < 0.01) {
            onRange(null);
          }
          from.current = null;
        }}
        onKeyDown={event => {
          const moved = moveRange(range, event.key, event.shiftKey);
          if (moved !== undefined) {
            onRange(moved);
            event.preventDefault();
          }
        }}
      />
    </g>
  );
}

/**
 * Return the range after a key: up and down move its lower end, with Shift the upper one; Escape
 * and Delete take it away. Undefined for any other key.
 */
function moveRange(
  range: readonly [number, number] | null,
  key: string,
  isUpper: boolean
): readonly [number, number] | null | undefined {
  if (key === 'Escape' || key === 'Delete') {
    return null;
  }
  if (key !== 'ArrowUp' && key !== 'ArrowDown') {
    return undefined;
  }
  const step = key === 'ArrowUp' ? KEY_STEP : -KEY_STEP;
  const [low, high] = range ?? [0, 1];
  return isUpper
    ? [low, Math.max(low, clamp(high + step))]
    : [Math.min(high, clamp(low + step)), high];
}

function isInside(
  axes: readonly Dimension[],
  ranges: Ranges,
  i: number
): boolean {
  return axes.every(axis => {
    const range = ranges.get(axis.id);
    const position = positionOf(axis, axis.values[i]);
    return (
      !range ||
      (position !== null && range[0] <= position && position <= range[1])
    );
  });
}

/** A run that lacks a value has a gap there. */
function pathOf(
  axes: readonly Dimension[],
  i: number,
  xOf: (axis: number) => number,
  bottom: number
): string {
  let isDrawing = false;
  return axes
    .map((axis, at) => {
      const position = positionOf(axis, axis.values[i]);
      const command = isDrawing ? 'L' : 'M';
      isDrawing = position !== null;
      return position === null
        ? ''
        : `${command}${xOf(at).toFixed(1)} ${yOf(position, bottom).toFixed(1)}`;
    })
    .join('');
}

function ticksOf(axis: Dimension): [number, string][] {
  if (!axis.isNumeric) {
    const { words } = axis;
    const every = Math.ceil(words.length / MOST_WORDS);
    return words
      .filter((_, i) => i % every === 0)
      .map(word => [positionOf(axis, word) ?? 0, shorten(word)]);
  }
  const [low, high] = rangeOf(axis);
  return low === high
    ? [[0.5, formatNumber(low)]]
    : [
        [0, formatNumber(low)],
        [0.5, formatNumber(valueAt(axis, 0.5))],
        [1, formatNumber(high)]
      ];
}

function valueAt(axis: Dimension, position: number): number {
  const [low, high] = rangeOf(axis);
  return axis.isLog
    ? low * (high / low) ** position
    : low + position * (high - low);
}

function rangeText(axis: Dimension, range: readonly [number, number]): string {
  return axis.isNumeric
    ? range.map(end => formatNumber(valueAt(axis, end))).join(' – ')
    : axis.words
        .filter(word => {
          const position = positionOf(axis, word) ?? -1;
          return range[0] <= position && position <= range[1];
        })
        .join(', ');
}

function yOf(position: number, bottom: number): number {
  return TOP + (1 - position) * (bottom - TOP);
}

/** Nobody hits the very end of an axis. */
function snapped(position: number): number {
  return position < SNAP ? 0 : position > 1 - SNAP ? 1 : position;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function shorten(text: string): string {
  return text.length > 16 ? `${text.slice(0, 15)}…` : text;
}
