import * as React from 'react';

import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { useDragged } from '../common/useDragged';

/** How a chart is put elsewhere among those beside it. */
export interface Moves {
  /** Which of them it is, counted from 0, and how many there are. */
  readonly at: number;
  readonly of: number;
  /** Put it to a place; one beyond the ends changes nothing. */
  readonly to: (place: number) => void;
  /** What makes an element the one to take hold of, and another the one to drop onto. */
  readonly handle: object;
  readonly target: object;
}

/** Return how a chart is moved: dragged, or by Alt and the arrows; null where it stands alone. */
export function useMoves(
  card: React.RefObject<HTMLElement>,
  props: {
    metric: string;
    siblings?: readonly string[];
    onMove?: (metric: string, target: string) => void;
  }
): Moves | null {
  const { metric, siblings = [], onMove } = props;
  const { draggable, onDragStart, onDragEnd, ...target } = useDragged(
    'chart',
    metric,
    dragged => {
      // Charts of another section or view stay where they are.
      if (siblings.includes(dragged)) {
        onMove?.(dragged, metric);
      }
    }
  );
  const at = siblings.indexOf(metric);
  const isMoved = React.useRef(false);
  React.useEffect(() => {
    if (isMoved.current) {
      isMoved.current = false;
      card.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [card, at]);
  if (!onMove || siblings.length < 2) {
    return null;
  }
  const to = (place: number) => {
    if (place !== at && place in siblings) {
      isMoved.current = true;
      onMove(metric, siblings[place]);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.altKey && by !== undefined) {
      event.preventDefault();
      to(at + by);
    }
  };
  return {
    at,
    of: siblings.length,
    to,
    handle: { draggable, onDragStart, onDragEnd },
    target: { ...target, onKeyDown }
  };
}

/** Moves a chart without a mouse, and tells where it is then. */
export function ChartMoves(props: {
  metric: string;
  moves: Moves;
}): JSX.Element {
  const { metric, moves } = props;
  const { at, of } = moves;
  const trans = useTrans();
  const label = trans.__('Move the chart of %1', metric);
  const before = React.useRef(at);
  const said = React.useRef('');
  if (before.current !== at) {
    before.current = at;
    said.current = trans.__('%1 is chart %2 of %3', metric, at + 1, of);
  }
  const choices: [string, number][] = [
    [trans.__('Earlier (Alt ←)'), at - 1],
    [trans.__('Later (Alt →)'), at + 1],
    [trans.__('First'), 0],
    [trans.__('Last'), of - 1]
  ];
  return (
    <span className="jp-tracker-icon-select" title={label}>
      <Icon name="move" size={14} />
      <span aria-live="polite" className="jp-tracker-visually-hidden">
        {said.current}
      </span>
      <select
        aria-label={label}
        value=""
        onChange={event => moves.to(choices[Number(event.target.value)][1])}
      >
        <option value="" disabled>
          {trans.__('Move the chart')}
        </option>
        {choices.map(([name, place], i) => (
          <option
            key={i}
            value={i}
            disabled={place === at || place < 0 || place >= of}
          >
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
