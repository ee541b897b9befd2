import * as React from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { IconButton } from '../components/common/IconButton';
import { Icon, type IconName } from '../components/common/icons';
import { trackerIcon } from '../icons';
import type { ThemeChoice } from './themes';

/** What the header shows and does. */
export interface IHeaderOptions {
  trans: TranslationBundle;
  /** Emitted when what `canGoBack` or `choice` return may be another. */
  changed: readonly ISignal<unknown, unknown>[];
  /** Whether a view hides the list. */
  canGoBack: () => boolean;
  onBack: () => void;
  choice: () => ThemeChoice;
  onChoice: (choice: ThemeChoice) => void;
  onPalette: () => void;
  shortcut: string;
}

const NEXT: Record<ThemeChoice, ThemeChoice> = {
  system: 'light',
  light: 'dark',
  dark: 'system'
};
const ICONS: Record<ThemeChoice, IconName> = {
  system: 'contrast',
  light: 'sun',
  dark: 'moon'
};

/** The strip at the top of the page. */
export class PageHeader extends ReactWidget {
  constructor(private readonly _options: IHeaderOptions) {
    super();
    this.addClass('jp-tracker-page-header');
    this.node.setAttribute('role', 'banner');
    for (const signal of _options.changed) {
      signal.connect(() => this.update());
    }
  }

  protected override render(): JSX.Element {
    const { trans, canGoBack, onBack, onPalette, shortcut } = this._options;
    const back = canGoBack();
    return (
      <>
        {back ? (
          <button
            type="button"
            className="jp-tracker-page-back"
            onClick={onBack}
          >
            <Icon name="chevron" />
            {trans.__('Runs')}
          </button>
        ) : (
          <>
            <trackerIcon.react tag="span" width="20px" height="20px" />
            <h1>{trans.__('Tracker')}</h1>
          </>
        )}
        <span className="jp-tracker-page-space" />
        <IconButton
          icon="search"
          label={trans.__('Commands')}
          title={trans.__('Find a command (%1)', shortcut)}
          onClick={onPalette}
        />
        {this._themeButton()}
      </>
    );
  }

  private _themeButton(): JSX.Element {
    const { trans, choice, onChoice } = this._options;
    const now = choice();
    const names: Record<ThemeChoice, string> = {
      system: trans.__('Theme: as the system'),
      light: trans.__('Theme: light'),
      dark: trans.__('Theme: dark')
    };
    return (
      <IconButton
        icon={ICONS[now]}
        label={names[now]}
        onClick={() => {
          onChoice(NEXT[now]);
          this.update();
        }}
      />
    );
  }
}
