import * as React from 'react';
import { Notification } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';

import { IconButton } from '../components/common/IconButton';

/** What was done or failed, with the way back, at the lower edge of the page. */
export class Notices extends ReactWidget {
  constructor(private readonly _trans: TranslationBundle) {
    super();
    this.addClass('jp-tracker-page-notices');
    Notification.manager.changed.connect((_, { type, notification }) => {
      if (type === 'added' && notification.options.autoClose) {
        const { id, options } = notification;
        window.setTimeout(
          () => Notification.dismiss(id),
          Number(options.autoClose)
        );
      }
      this.update();
    });
  }

  protected override render(): JSX.Element {
    return (
      <ul aria-live="polite" aria-label={this._trans.__('Messages')}>
        {Notification.manager.notifications.map(notice => (
          <Notice key={notice.id} notice={notice} trans={this._trans} />
        ))}
      </ul>
    );
  }
}

function Notice(props: {
  notice: Notification.INotification;
  trans: TranslationBundle;
}): JSX.Element {
  const { id, message, type, options } = props.notice;
  const close = () => Notification.dismiss(id);
  return (
    <li data-type={type}>
      <span>{message}</span>
      {options.actions?.map(({ label, callback }) => (
        <button
          key={label}
          type="button"
          className="jp-tracker-link"
          onClick={event => {
            callback(event.nativeEvent);
            close();
          }}
        >
          {label}
        </button>
      ))}
      <IconButton
        icon="cross"
        label={props.trans.__('Dismiss')}
        onClick={close}
      />
    </li>
  );
}
