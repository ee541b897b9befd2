// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { BrowserStorage } from '../page/storage';
import { PageThemes } from '../page/themes';

beforeEach(() => window.localStorage.clear());

describe('what the page remembers', () => {
  it('is kept apart for each server', async () => {
    const here = new BrowserStorage(window.localStorage, 'here:');
    const there = new BrowserStorage(window.localStorage, 'there:');
    await here.save('list:filter', 'loss');
    expect(await here.fetch('list:filter')).toBe('loss');
    expect(await there.fetch('list:filter')).toBeUndefined();
    expect(await here.list('list')).toEqual({
      ids: ['list:filter'],
      values: ['loss']
    });
    await here.remove('list:filter');
    expect((await here.list()).ids).toEqual([]);
  });
});

describe('the theme of the page', () => {
  const system = { matches: false, listener: () => undefined as void };
  beforeEach(() => {
    system.matches = false;
    vi.stubGlobal('matchMedia', () => ({
      get matches() {
        return system.matches;
      },
      addEventListener: (_: string, listener: () => void) => {
        system.listener = listener;
      }
    }));
    document.head.innerHTML = '<link id="tracker-theme-dark">';
  });

  it('follows the system until one is chosen', () => {
    const themes = new PageThemes(window.localStorage, 'p:');
    const seen: string[] = [];
    themes.themeChanged.connect((_, { newValue }) => {
      seen.push(newValue ?? '');
    });
    expect(document.body.dataset.jpThemeLight).toBe('true');
    system.matches = true;
    system.listener();
    expect(document.body.dataset.jpThemeLight).toBe('false');
    themes.choice = 'light';
    system.listener();
    expect(themes.theme).toBe('JupyterLab Light');
    expect(seen).toEqual(['JupyterLab Dark', 'JupyterLab Light']);
    const dark = document.getElementById('tracker-theme-dark');
    expect(dark?.getAttribute('media')).toBe('not all');
  });

  it('is remembered', () => {
    new PageThemes(window.localStorage, 'p:').choice = 'dark';
    const again = new PageThemes(window.localStorage, 'p:');
    expect([again.choice, again.theme]).toEqual(['dark', 'JupyterLab Dark']);
  });
});
