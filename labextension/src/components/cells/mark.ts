import type { TranslationBundle } from '@jupyterlab/translation';

import { statusName } from '../../format';
import type { CellRow, RunStatus } from '../../wire';

const SVG = 'http://www.w3.org/2000/svg';
/** The states as shapes: they must not be told by colour alone. */
const SHAPES: Record<RunStatus, string> = {
  RUNNING: 'M8 2.5A5.5 5.5 0 0 1 13.5 8',
  SCHEDULED: 'M8 5v3.2l2 1.4',
  FINISHED: 'M5.4 8.2l1.8 1.8 3.3-3.8',
  FAILED: 'M6 6l4 4m0-4l-4 4',
  KILLED: 'M6 6h4v4H6z'
};
const PENCIL = 'M3 13l.6-2.9 7.2-7.2 2.3 2.3-7.2 7.2z';
const MOST = 999;

/** What a mark shows. */
export interface MarkState {
  readonly row: CellRow;
  readonly isStale: boolean;
  /** Whether the cell has one line: there is no room below its prompt. */
  readonly isLow: boolean;
}

/**
 * The mark beside the prompt of a cell that made runs: a button with the latest run's state.
 *
 * Plain nodes: a notebook has many cells, and most of them never come into view.
 */
export class CellMark {
  constructor(
    private readonly _trans: TranslationBundle,
    onPress: () => void
  ) {
    const button = (this.node = document.createElement('button'));
    button.type = 'button';
    button.className = 'jp-tracker-cell-mark';
    button.setAttribute('aria-haspopup', 'menu');
    // Keys are the button's while it has the focus, not the notebook's.
    button.dataset.lmSuppressShortcuts = 'true';
    button.addEventListener('click', event => {
      event.stopPropagation();
      onPress();
    });
    button.append(this._state, this._count, this._stale);
  }

  readonly node: HTMLButtonElement;

  /** Draw another state, if it is one. */
  update({ row, isStale, isLow }: MarkState): void {
    const { count, runs } = row;
    const [latest] = runs;
    const key = `${latest.run_name}/${latest.status}/${count}/${isStale}/${isLow}`;
    if (key === this._drawn) {
      return;
    }
    this._drawn = key;
    const trans = this._trans;
    const runsMade = trans._n('%1 run', '%1 runs', count);
    const state = statusName(latest.status, trans);
    const facts = [
      trans.__('%1 of this cell', runsMade),
      trans.__('latest: %1, %2', latest.run_name, state)
    ];
    if (isStale) {
      facts.push(trans.__('edited since'));
    }
    this.node.dataset.status = latest.status;
    this.node.classList.toggle('jp-mod-stale', isStale);
    this.node.classList.toggle('jp-mod-low', isLow);
    this.node.title = facts.join('\n');
    this.node.setAttribute('aria-label', facts.join('; '));
    const ring = latest.status === 'RUNNING' ? 'jp-tracker-state-track' : '';
    this._state.replaceChildren(
      circle(ring),
      path(SHAPES[latest.status], 'jp-tracker-cell-mark-shape')
    );
    this._count.textContent = count > MOST ? `${MOST}+` : String(count);
  }

  private readonly _state = picture();
  private readonly _count = document.createElement('span');
  private readonly _stale = picture(path(PENCIL), 'jp-tracker-cell-mark-stale');
  private _drawn = '';
}

function picture(
  child?: SVGElement,
  className = 'jp-tracker-cell-mark-state'
): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(...(child ? [child] : []));
  return svg;
}

function circle(className: string): SVGElement {
  const made = document.createElementNS(SVG, 'circle');
  made.setAttribute('class', className);
  made.setAttribute('cx', '8');
  made.setAttribute('cy', '8');
  made.setAttribute('r', '5.5');
  return made;
}

function path(d: string, className = ''): SVGElement {
  const made = document.createElementNS(SVG, 'path');
  made.setAttribute('class', className);
  made.setAttribute('d', d);
  return made;
}
