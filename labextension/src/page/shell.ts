import type { JupyterFrontEnd } from '@jupyterlab/application';
import { DockPanelSvg } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import {
  BoxLayout,
  BoxPanel,
  FocusTracker,
  Panel,
  SplitPanel,
  Widget
} from '@lumino/widgets';

type Changed = FocusTracker.IChangedArgs<Widget>;

/** Below so many pixels there is room for the list or for a view, not for both. */
const NARROW = 720;
/** The part of a wide window that the list takes at first, and its width, in px, at most. */
const LIST_SHARE = 0.3;
const LIST_WIDEST = 520;

/** The page's frame: a header, the list of runs at the left, and views in tabs beside it. */
export class PageShell extends Widget implements JupyterFrontEnd.IShell {
  constructor() {
    super();
    this.id = 'main';
    this.addClass('jp-tracker-page');
    this._side.addClass('jp-tracker-page-side');
    this._views.addClass('jp-tracker-page-views');
    this._split.addWidget(this._side);
    this._split.addWidget(this._main);
    this._main.spacing = 0;
    this._main.node.setAttribute('role', 'main');
    this._main.addWidget(this._views);
    // What a window grows by is for the views: the list keeps the width that somebody gave it.
    SplitPanel.setStretch(this._side, 0);
    SplitPanel.setStretch(this._main, 1);
    const layout = new BoxLayout({ spacing: 0 });
    layout.addWidget(this._split);
    BoxLayout.setStretch(this._split, 1);
    this.layout = layout;
    this._tracker.currentChanged.connect(this._update, this);
    this._views.layoutModified.connect(this._update, this);
    this._views.hide();
  }

  get currentWidget(): Widget | null {
    return this.currentView ?? this._side.widgets[0] ?? null;
  }

  /** Emitted when another view is in front, or none. */
  get currentChanged(): ISignal<this, Changed> {
    return this._currentChanged;
  }

  /** The view in front; null where none is open. */
  get currentView(): Widget | null {
    return this._currentView;
  }

  /** Whether the window has room for the list or a view only. */
  get isNarrow(): boolean {
    return this._isNarrow;
  }

  /** Emitted when the window came to be narrow or wide. */
  get narrowChanged(): ISignal<this, boolean> {
    return this._narrowChanged;
  }

  /** Put a widget at the top of everything. */
  setHeader(header: Widget): void {
    (this.layout as BoxLayout).insertWidget(0, header);
    BoxLayout.setStretch(header, 0);
  }

  /** Show a widget beside the list while no view is open. */
  setPlaceholder(placeholder: Widget): void {
    this._placeholder = placeholder;
    this._main.addWidget(placeholder);
    this._arrange();
  }

  add(widget: Widget, area = 'main'): void {
    if (area === 'left' || area === 'right') {
      this._side.addWidget(widget);
      return;
    }
    this._tracker.add(widget);
    this._views.addWidget(widget, { ref: this._currentView });
    this._update();
  }

  activateById(id: string): void {
    for (const view of this._views.widgets()) {
      if (view.id === id) {
        this._views.activateWidget(view);
        this._update();
        return;
      }
    }
    const listed = this._side.widgets.find(widget => widget.id === id);
    if (listed && this._isNarrow) {
      this.closeViews();
    }
    listed?.activate();
  }

  /** Leave nothing but the list. */
  closeViews(): void {
    for (const view of [...this._views.widgets()]) {
      view.close();
    }
    this._update();
  }

  *widgets(area?: string): IterableIterator<Widget> {
    if (area === undefined || area === 'left') {
      yield* this._side.widgets;
    }
    if (area === undefined || area === 'main') {
      yield* this._views.widgets();
    }
  }

  /** Sent for every resize of the window. */
  protected override onUpdateRequest(message: Message): void {
    super.onUpdateRequest(message);
    this._setNarrow(this.node.offsetWidth < NARROW);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._giveListItsShare();
    this._setNarrow(this.node.offsetWidth < NARROW);
  }

  private _setNarrow(isNarrow: boolean): void {
    if (isNarrow !== this._isNarrow) {
      this._isNarrow = isNarrow;
      this.toggleClass('jp-mod-narrow', isNarrow);
      this._arrange();
      if (!isNarrow) {
        // What was left of them in the narrow window says nothing of a wide one.
        this._giveListItsShare();
      }
      this._narrowChanged.emit(isNarrow);
    }
  }

  private _giveListItsShare(): void {
    const share = Math.min(LIST_SHARE, LIST_WIDEST / this.node.offsetWidth);
    this._split.setRelativeSizes([share, 1 - share]);
  }

  private _update(): void {
    const focused = this._tracker.currentWidget;
    const selected = [...this._views.selectedWidgets()];
    const current =
      focused && selected.includes(focused) ? focused : selected.at(-1);
    const newValue = current ?? null;
    if (newValue !== this._currentView) {
      const oldValue = this._currentView;
      this._currentView = newValue;
      this._arrange();
      this._currentChanged.emit({ oldValue, newValue });
    }
  }

  private _arrange(): void {
    const hasView = this._currentView !== null;
    this._views.setHidden(!hasView);
    this._placeholder?.setHidden(hasView);
    this._side.setHidden(this._isNarrow && hasView);
    this._main.setHidden(this._isNarrow && !hasView);
  }

  private readonly _split = new SplitPanel({ spacing: 1 });
  private readonly _side = new Panel();
  private readonly _main = new BoxPanel();
  private readonly _views = new DockPanelSvg({ spacing: 4 });
  private readonly _tracker = new FocusTracker<Widget>();
  private readonly _currentChanged = new Signal<this, Changed>(this);
  private readonly _narrowChanged = new Signal<this, boolean>(this);
  private _placeholder: Widget | null = null;
  private _currentView: Widget | null = null;
  private _isNarrow = false;
}
