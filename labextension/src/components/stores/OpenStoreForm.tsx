import * as React from 'react';

import type { StoresModel } from '../../models/list/stores';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';

const URL_START = /^\s*(https?:|databricks)/i;

/** Where one says by its path or URL which store to open. */
export function OpenStoreForm(props: {
  stores: StoresModel;
  onBrowse: (() => Promise<string | null>) | null;
  onBack: () => void;
  onDone: () => void;
}): JSX.Element {
  const { stores, onBrowse, onBack, onDone } = props;
  const trans = useTrans();
  const [location, setLocation] = React.useState('');
  const input = React.useRef<HTMLInputElement>(null);
  const helpId = React.useId();
  const errorId = React.useId();
  const { openError, answer } = stores;
  const isBusy = stores.opening !== null;
  React.useEffect(() => {
    stores.forgetError();
    input.current?.focus();
  }, [stores]);

  const open = async (where: string) => {
    if (where.trim() === '' || isBusy) {
      input.current?.focus();
    } else if (await stores.open(where)) {
      onDone();
    } else {
      input.current?.focus();
    }
  };
  const browse = async () => {
    const path = (await onBrowse?.()) ?? null;
    if (path !== null) {
      setLocation(path === '' ? '.' : path);
      await open(path === '' ? '.' : path);
    }
  };
  const help =
    answer?.beyond === false
      ? trans.__(
          'The path of an mlruns folder, an mlflow.db or a project with runs, in the folder that this server shows.'
        )
      : URL_START.test(location)
        ? trans.__(
            'The server is asked as you are in a kernel: with the user and password in the URL, or those of MLFLOW_TRACKING_USERNAME and the like. They are not stored.'
          )
        : trans.__(
            'The path of an mlruns folder, an mlflow.db or a project with runs, or the URL of a tracking server.'
          );
  return (
    <form
      className="jp-tracker-store-form"
      onSubmit={event => {
        event.preventDefault();
        void open(location);
      }}
    >
      <div className="jp-tracker-store-form-title">
        <IconButton
          icon="back"
          label={trans.__('Back to the stores')}
          onClick={onBack}
        />
        <h3>{trans.__('Open a store')}</h3>
      </div>
      <input
        ref={input}
        type="text"
        className="jp-tracker-input"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-label={trans.__('Path or URL')}
        aria-invalid={openError !== null}
        aria-describedby={openError ? `${errorId} ${helpId}` : helpId}
        placeholder={trans.__('old-project/mlruns')}
        value={location}
        onChange={event => {
          setLocation(event.target.value);
          stores.forgetError();
        }}
      />
      {openError && (
        <p id={errorId} className="jp-tracker-store-error" role="alert">
          {openError.message}
        </p>
      )}
      <p id={helpId} className="jp-tracker-store-help">
        {help}
      </p>
      <div className="jp-tracker-store-form-buttons">
        {onBrowse && (
          <button
            type="button"
            className="jp-tracker-button"
            disabled={isBusy}
            onClick={() => void browse()}
          >
            {trans.__('Browse…')}
          </button>
        )}
        <button
          type="submit"
          className="jp-tracker-button jp-mod-primary"
          disabled={isBusy || location.trim() === ''}
        >
          {isBusy ? trans.__('Opening…') : trans.__('Open')}
        </button>
      </div>
    </form>
  );
}
