import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

/** Every plugin of the labextension, in no particular order. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [];

export default plugins;
