import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

/** What the kernel's widgets of runs send along with themselves, see `tracker.widgets.view`. */
export const VIEW_MIME = 'application/vnd.tracker.view+json';
const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
const PICTURE_MIMES = ['image/svg+xml', 'text/html', 'text/plain'];
/** Before ipywidgets' own, which is at -10. */
const RANK = -20;
const GONE = ['dead', 'terminating', 'restarting', 'autorestarting'];

type Bundle = IRenderMime.IMimeModel;

/**
 * A widget of runs while its kernel has it, and its picture before and after.
 *
 * ipywidgets alone would say "model not found" in every notebook that is opened again.
 */
export class WidgetOrPicture extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _liveName: string
  ) {
    super();
    this.addClass('jp-tracker-widgetView');
    _panel.sessionContext.statusChanged.connect(this._onStatus, this);
  }

  async renderModel(model: Bundle): Promise<void> {
    const shownId = this._id;
    this._model = model;
    if (this._isLive && this._id === shownId) {
      return; // only the picture changed, which nobody sees
    }
    await this._show(this._isKnown());
    if (!this._isLive && model.trusted) {
      void this._reviveWhereKept();
    }
  }

  /** Whether this page already speaks with the widget's other half in the kernel. */
  private _isKnown(): boolean {
    return Boolean(this._model?.trusted && this._kernel?.hasComm(this._id));
  }

  /** A page that was loaded again finds widgets that its kernel still has. */
  private async _reviveWhereKept(): Promise<void> {
    try {
      await this._panel.sessionContext.ready;
      const target = { target_name: 'jupyter.widget' };
      const answer = await this._kernel?.requestCommInfo(target);
      const isKept =
        answer?.content.status === 'ok' && this._id in answer.content.comms;
      if (isKept && !this.isDisposed) {
        await this._show(true);
      }
    } catch {
      // The kernel went away meanwhile: the picture stays.
    }
  }

  private async _show(isLive: boolean): Promise<void> {
    const { rendermime } = this._panel.content;
    const model = this._model;
    if (!model) {
      return;
    }
    this._isLive = isLive && Boolean(rendermime.getFactory(WIDGET_MIME));
    const mimeType = this._isLive
      ? WIDGET_MIME
      : (PICTURE_MIMES.find(type => type in model.data) ?? 'text/plain');
    const shown =
      mimeType !== 'image/svg+xml' || model.trusted
        ? rendermime.createRenderer(mimeType)
        : new StrangePicture();
    this.widgets.slice().forEach(widget => widget.dispose());
    shown.node.setAttribute('role', 'group');
    shown.node.setAttribute('aria-label', this._liveName);
    this.addWidget(shown);
    await shown.renderModel(model);
  }

  private _onStatus(): void {
    const { session } = this._panel.sessionContext;
    if (
      this._isLive &&
      (!session?.kernel || GONE.includes(session.kernel.status))
    ) {
      void this._show(false);
    }
  }

  private get _kernel() {
    return this._panel.sessionContext.session?.kernel ?? null;
  }

  private get _id(): string {
    const view = this._model?.data[VIEW_MIME] as
      { model_id?: unknown } | undefined;
    return typeof view?.model_id === 'string' ? view.model_id : '';
  }

  private _model: Bundle | null = null;
  private _isLive = false;
}

/** An SVG of a notebook that nobody trusted yet: as an image, in which nothing acts. */
class StrangePicture extends Widget implements IRenderMime.IRenderer {
  async renderModel({ data }: Bundle): Promise<void> {
    const image = document.createElement('img');
    const source = encodeURIComponent(data['image/svg+xml'] as string);
    image.src = `data:image/svg+xml;charset=utf-8,${source}`;
    image.alt = data['text/plain'] as string;
    this.node.append(image);
    await Promise.resolve();
  }
}

/** Leaves a picture where a kernel's widget of runs was. */
export const picturesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-tracker:pictures',
  description: 'Shows the picture of a widget of runs once its kernel is gone.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_tracker');
    const prepare = (panel: NotebookPanel) =>
      panel.content.rendermime.addFactory(
        {
          safe: true,
          mimeTypes: [VIEW_MIME],
          createRenderer: () => new WidgetOrPicture(panel, trans.__('Runs'))
        },
        RANK
      );
    notebooks.widgetAdded.connect((_, panel) => prepare(panel));
    notebooks.forEach(prepare);
  }
};
