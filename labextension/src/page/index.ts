import plugins from '../index';
import { PageApp } from './app';
import { pagePlugins, whole } from './plugins';

import './style';

/** Starts tracker as a page of its own, with every plugin that needs no notebook. */
const app = new PageApp();
const prefix = `tracker:${app.serviceManager.serverSettings.baseUrl}:`;
app.registerPlugins(whole([...pagePlugins(app, prefix), ...plugins]));
void app.start();
