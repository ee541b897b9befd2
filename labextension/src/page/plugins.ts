import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import {
  IRenderMimeRegistry,
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { IStateDB, StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { ITracker } from '../tokens';
import type { PageApp } from './app';
import { PageHeader } from './header';
import { Navigation } from './navigation';
import { Notices } from './notices';
import { PagePalette } from './palette';
import { Placeholder } from './placeholder';
import { BrowserStorage } from './storage';
import { PageThemes } from './themes';

type Plugin = JupyterFrontEndPlugin<unknown>;

/** Return a plugin that provides something made beforehand. */
function providing<T>(
  id: string,
  provides: JupyterFrontEndPlugin<T>['provides'],
  service: T
): Plugin {
  const plugin: JupyterFrontEndPlugin<T> = {
    id: `jupyterlab-tracker:page-${id}`,
    description: 'Provides what JupyterLab would.',
    autoStart: true,
    provides,
    activate: () => service
  };
  return plugin;
}

/** What JupyterLab would provide, for the page; the rest of it tracker does without. */
export function pagePlugins(app: PageApp, prefix: string): Plugin[] {
  const trans = nullTranslator.load('jupyterlab_tracker');
  const themes = new PageThemes(window.localStorage, prefix);
  const palette = new PagePalette(app.commands);
  const navigation = new Navigation(app);
  const connector = new BrowserStorage(window.localStorage, prefix);
  const rendermime = new RenderMimeRegistry({
    initialFactories: standardRendererFactories,
    markdownParser: {
      render: async source => {
        const { marked } = await import(
          /* webpackChunkName: "markdown" */ 'marked'
        );
        return marked.parse(source, { async: false, gfm: true });
      }
    }
  });
  const frame: JupyterFrontEndPlugin<void> = {
    id: 'jupyterlab-tracker:page-frame',
    description: 'The frame of the page: header, list and views.',
    autoStart: true,
    requires: [ITracker],
    activate: (_app: JupyterFrontEnd, tracker: ITracker) => {
      addFrame(app, themes, palette, trans);
      void app.started.then(() =>
        navigation.start(tracker.runs, tracker.stores)
      );
    }
  };
  return [
    providing('themes', IThemeManager, themes),
    providing('palette', ICommandPalette, palette),
    providing('navigation', ILayoutRestorer, navigation),
    providing('state', IStateDB, new StateDB({ connector })),
    providing('rendermime', IRenderMimeRegistry, rendermime),
    frame
  ];
}

/** Return those plugins that find all they need among themselves. */
export function whole(plugins: readonly Plugin[]): Plugin[] {
  const kept = plugins.filter(({ requires }) =>
    (requires ?? []).every(token => plugins.some(p => p.provides === token))
  );
  return kept.length === plugins.length ? kept : whole(kept);
}

const PALETTE = 'tracker:commands';
const KEYS = ['Accel Shift C'];

function addFrame(
  app: PageApp,
  themes: PageThemes,
  palette: PagePalette,
  trans: ReturnType<typeof nullTranslator.load>
): void {
  const { commands, shell } = app;
  commands.addCommand(PALETTE, {
    label: trans.__('Find a Command'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => palette.activate()
  });
  palette.placeholder = trans.__('Search the commands');
  commands.addKeyBinding({ command: PALETTE, keys: KEYS, selector: 'body' });
  shell.setHeader(
    new PageHeader({
      trans,
      changed: [shell.currentChanged, shell.narrowChanged, themes.themeChanged],
      canGoBack: () => shell.isNarrow && shell.currentView !== null,
      onBack: () => shell.closeViews(),
      choice: () => themes.choice,
      onChoice: choice => {
        themes.choice = choice;
      },
      onPalette: () => palette.activate(),
      shortcut: CommandRegistry.formatKeystroke(KEYS)
    })
  );
  shell.setPlaceholder(new Placeholder(trans));
  Widget.attach(new Notices(trans), document.body);
}
