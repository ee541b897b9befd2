import { PathExt } from '@jupyterlab/coreutils';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { IMessageHandler, Message, MessageLoop } from '@lumino/messaging';

import { CellMark } from '../components/cells/mark';
import { isStale, NotebookMarks } from '../models/cells/marks';
import type { ITracker } from '../tokens';
import type { CellRow } from '../wire';

/** A cell of a notebook, as the notebook's widget has it. */
export type NotebookCell = Notebook['widgets'][number];

const MARKED = 'jp-tracker-marked';
/** Cells with runs, which is what the context menu opens on. */
export const HAS_RUNS = 'jp-tracker-has-runs';
/** Pauses in typing shorter than this, in ms, are not looked into. */
const TYPING = 250;

/** Draws the marks of one notebook. */
export class NotebookMarking implements IDisposable {
  constructor(
    private readonly _tracker: ITracker,
    private readonly _panel: NotebookPanel,
    private readonly _contents: Contents.IManager,
    private readonly _onPress: (cell: NotebookCell, mark: HTMLElement) => void
  ) {
    _panel.context.pathChanged.connect(this._open, this);
    _panel.content.modelChanged.connect(this._onModel, this);
    MessageLoop.installMessageHook(_panel, this._hook);
    _panel.disposed.connect(this.dispose, this);
    void _panel.context.ready.then(() => {
      this._onModel();
      this._open();
    });
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Show the marks, or hide them. */
  setShown(isShown: boolean): void {
    this._isShown = isShown;
    this._marks?.setActive(this._isWatched);
    this._draw();
  }

  /** Return what is known of a cell's runs, and where; undefined where it made none. */
  runsOf(cell: NotebookCell): { row: CellRow; folder: string } | undefined {
    const row = this._marks?.rowOf(cell.model.id);
    return row && this._marks ? { row, folder: this._marks.folder } : undefined;
  }

  /** Return the mark of a cell, where there is one in sight. */
  markOf(cell: NotebookCell): HTMLElement | null {
    const node = this._drawn.get(cell)?.mark.node;
    return node?.isConnected ? node : null;
  }

  /** A cell was executed: it may have made the folder's first run. */
  executed(): void {
    this._marks?.executed();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    const { context, content } = this._panel;
    context.pathChanged.disconnect(this._open, this);
    content.modelChanged.disconnect(this._onModel, this);
    content.model?.cells.changed.disconnect(this._onCells, this);
    MessageLoop.removeMessageHook(this._panel, this._hook);
    [...this._drawn.keys()].forEach(cell => this._remove(cell));
    this._marks?.dispose();
  }

  private get _isWatched(): boolean {
    return this._isShown && this._panel.isVisible;
  }

  private _hook = (_: IMessageHandler, { type }: Message): boolean => {
    if (type === 'after-show' || type === 'after-attach') {
      this._marks?.setActive(this._isWatched);
    } else if (type === 'after-hide' || type === 'before-detach') {
      this._marks?.setActive(false);
    }
    return true;
  };

  /** Begin anew under the notebook's path. */
  private _open(): void {
    this._marks?.dispose();
    if (this._isDisposed) {
      return;
    }
    const notebook = this._contents.localPath(this._panel.context.path);
    const marks = new NotebookMarks({
      api: this._tracker.cells,
      channels: this._tracker.channels,
      folder: PathExt.dirname(notebook),
      notebook,
      cellIds: () => this._cells().map(cell => cell.model.id)
    });
    this._marks = marks;
    marks.changed.connect(this._draw, this);
    marks.setActive(this._isWatched);
    marks.refresh();
  }

  private _onModel(): void {
    const cells = this._panel.content.model?.cells;
    cells?.changed.disconnect(this._onCells, this);
    cells?.changed.connect(this._onCells, this);
  }

  /** Cells come, go and move: once all of them have, look what there is. */
  private _onCells(): void {
    this._drawSoon(0);
  }

  private _drawSoon(delay: number): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      this._marks?.notice(this._cells().map(cell => cell.model.id));
      this._draw();
    }, delay);
  }

  private _cells(): NotebookCell[] {
    const { widgets } = this._panel.content;
    return widgets.filter(cell => cell.model.type === 'code');
  }

  private _draw(): void {
    if (this._isDisposed) {
      return;
    }
    for (const cell of this._cells()) {
      const row = this._isShown && this._marks?.rowOf(cell.model.id);
      if (row) {
        this._drawOn(cell, row);
      } else {
        this._remove(cell);
      }
    }
  }

  private _drawOn(cell: NotebookCell, row: CellRow): void {
    const area = cell.inputArea;
    if (!area) {
      // It was never in sight; it will be drawn once it is.
      void cell.ready.then(() => this._drawSoon(0));
      return;
    }
    const source = cell.model.sharedModel.getSource();
    const drawn = this._drawn.get(cell) ?? this._add(cell);
    drawn.mark.update({
      row,
      isStale: isStale(row, source),
      isLow: !source.trimEnd().includes('\n')
    });
    if (drawn.mark.node.parentElement !== area.node) {
      area.addClass(MARKED);
      area.node.append(drawn.mark.node);
    }
  }

  private _add(cell: NotebookCell): Drawn {
    const mark = new CellMark(this._tracker.trans, () =>
      this._onPress(cell, mark.node)
    );
    const onEdit = () => this._drawSoon(TYPING);
    const drawn: Drawn = { mark, onEdit };
    cell.model.contentChanged.connect(onEdit);
    cell.disposed.connect(this._remove, this);
    cell.addClass(HAS_RUNS);
    this._drawn.set(cell, drawn);
    return drawn;
  }

  private _remove(cell: NotebookCell): void {
    const drawn = this._drawn.get(cell);
    if (!drawn) {
      return;
    }
    this._drawn.delete(cell);
    drawn.mark.node.remove();
    cell.disposed.disconnect(this._remove, this);
    if (!cell.isDisposed) {
      cell.model.contentChanged.disconnect(drawn.onEdit);
      cell.removeClass(HAS_RUNS);
      cell.inputArea?.removeClass(MARKED);
    }
  }

  private _isDisposed = false;
  private _isShown = true;
  private _timer = 0;
  private _marks: NotebookMarks | null = null;
  private readonly _drawn = new Map<NotebookCell, Drawn>();
}

interface Drawn {
  readonly mark: CellMark;
  readonly onEdit: () => void;
}
