import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { cancelPlugin } from './plugins/cancel';
import { comparePlugin } from './plugins/compare';
import { editsPlugin } from './plugins/edits';
import { linksPlugin } from './plugins/links';
import { marksPlugin } from './plugins/marks';
import { notebookPlugin } from './plugins/notebook';
import { originsPlugin } from './plugins/origins';
import { picturesPlugin } from './plugins/pictures';
import { pagePlugin } from './plugins/page';
import { runMarksPlugin } from './plugins/runMarks';
import { runPlugin } from './plugins/run';
import { runsPlugin } from './plugins/runs';
import { trackerPlugin } from './plugins/tracker';
import { viewsPlugin } from './plugins/views';

export * from './tokens';

/** Every plugin of the labextension, one concern each. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  trackerPlugin,
  runsPlugin,
  comparePlugin,
  runPlugin,
  pagePlugin,
  editsPlugin,
  cancelPlugin,
  notebookPlugin,
  marksPlugin,
  originsPlugin,
  runMarksPlugin,
  linksPlugin,
  picturesPlugin,
  viewsPlugin
];

export default plugins;
