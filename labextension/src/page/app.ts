import { JupyterFrontEnd } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import {
  ContentsManager,
  ServerConnection,
  type ServiceManager
} from '@jupyterlab/services';

import { PageShell } from './shell';

/** JupyterLab's application with nothing in it but tracker. */
export class PageApp extends JupyterFrontEnd<PageShell> {
  constructor() {
    super({ shell: new PageShell(), serviceManager: services() });
    // Nobody else does: JupyterLab's own plugins are not here.
    document.body.classList.add('jp-ThemedContainer');
  }

  readonly name = 'Tracker';
  readonly namespace = 'Tracker';
  readonly version = PageConfig.getOption('version');
}

/** Which server answers, and how its folders are called: the page starts and asks nothing else. */
function services(): ServiceManager.IManager {
  const serverSettings = ServerConnection.makeSettings();
  const contents = new ContentsManager({ serverSettings });
  // A whole ServiceManager would ask for kernels, terminals and events at once and for ever.
  return { serverSettings, contents } as unknown as ServiceManager.IManager;
}
