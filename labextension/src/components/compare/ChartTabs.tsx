import * as React from 'react';

import type { ChartKind } from '../../models/views/preferences';
import { CHART_KINDS } from '../../models/views/preferences';
import { useTrans } from '../common/context';

/** Chooses what is drawn above the table. Arrows move, as in any list of tabs. */
export function ChartTabs(props: {
  chosen: ChartKind;
  onChoose: (kind: ChartKind) => void;
}): JSX.Element {
  const { chosen, onChoose } = props;
  const trans = useTrans();
  const list = React.useRef<HTMLDivElement>(null);
  const names: Record<ChartKind, string> = {
    curves: trans.__('Curves'),
    parallel: trans.__('Parallel'),
    scatter: trans.__('Scatter'),
    contour: trans.__('Contour'),
    box: trans.__('Box'),
    importance: trans.__('Importance'),
    code: trans.__('Code'),
    outputs: trans.__('Outputs')
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const at = CHART_KINDS.indexOf(chosen) + step + CHART_KINDS.length;
      const next = at % CHART_KINDS.length;
      onChoose(CHART_KINDS[next]);
      list.current?.querySelectorAll('button')[next]?.focus();
      event.preventDefault();
    }
  };
  return (
    <div
      ref={list}
      className="jp-tracker-tabs"
      role="tablist"
      aria-label={trans.__('Chart')}
      onKeyDown={onKeyDown}
    >
      {CHART_KINDS.map(kind => (
        <button
          key={kind}
          type="button"
          role="tab"
          aria-selected={kind === chosen}
          tabIndex={kind === chosen ? 0 : -1}
          onClick={() => onChoose(kind)}
        >
          {names[kind]}
        </button>
      ))}
    </div>
  );
}
