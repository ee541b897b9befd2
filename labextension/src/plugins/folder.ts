import { PathExt } from '@jupyterlab/coreutils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

/**
 * Tell the folder that is worked in and the notebook in front, now and whenever they are others.
 * The folder is that of the notebook, else the one that the file browser shows.
 *
 * A comparison in front of the notebook changes nothing: the notebook last used still counts.
 */
export function followFolder(
  notebooks: INotebookTracker | null,
  browser: IDefaultFileBrowser | null,
  contents: Contents.IManager,
  tell: (folder: string, notebook: string | null) => void
): void {
  let followed: NotebookPanel | null = null;
  const update = () => {
    const notebook = notebooks?.currentWidget ?? null;
    if (notebook) {
      const path = contents.localPath(notebook.context.path);
      tell(PathExt.dirname(path), path);
    } else {
      tell(contents.localPath(browser?.model.path ?? ''), null);
    }
  };
  const follow = () => {
    followed?.context.pathChanged.disconnect(update);
    followed = notebooks?.currentWidget ?? null;
    followed?.context.pathChanged.connect(update);
    update();
  };
  notebooks?.currentChanged.connect(follow);
  browser?.model.pathChanged.connect(update);
  follow();
}
