import * as React from 'react';

import type { StoresModel } from '../../models/list/stores';
import type { StoreChoiceRow } from '../../wire';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Icon } from '../common/icons';
import { KIND_ICONS, kindName } from './kinds';
import { OpenStoreForm } from './OpenStoreForm';

/** The stores to choose from, and the way to any other. */
export function StoreMenu(props: {
  id: string;
  stores: StoresModel;
  isForm: boolean;
  onForm: (isForm: boolean) => void;
  onBrowse: (() => Promise<string | null>) | null;
  onClose: () => void;
}): JSX.Element {
  const { id, stores, isForm, onForm, onClose } = props;
  const trans = useTrans();
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (!isForm) {
      const current = '.jp-tracker-store[aria-current="true"]';
      node.current?.querySelector<HTMLElement>(current)?.focus();
    }
  }, [isForm]);
  React.useEffect(() => {
    // What had the focus may be gone, as a store that was forgotten is: it stays in the menu.
    if (document.activeElement === document.body) {
      node.current?.querySelector<HTMLElement>('.jp-tracker-store')?.focus();
    }
  });
  return (
    <div
      ref={node}
      id={id}
      className="jp-tracker-store-menu"
      role="dialog"
      aria-label={trans.__('Stores')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        } else if (!isForm) {
          moveFocus(event, node.current);
        }
      }}
    >
      {isForm ? (
        <OpenStoreForm
          stores={stores}
          onBrowse={props.onBrowse}
          onBack={() => onForm(false)}
          onDone={onClose}
        />
      ) : (
        <Choices stores={stores} onForm={() => onForm(true)} onDone={onClose} />
      )}
    </div>
  );
}

function Choices(props: {
  stores: StoresModel;
  onForm: () => void;
  onDone: () => void;
}): JSX.Element {
  const { stores, onForm, onDone } = props;
  const trans = useTrans();
  const { answer, chosen, openError, listError } = stores;
  const here = answer?.here ?? null;
  // The store of the folder is the first entry already; what was opened is listed once.
  const found = (answer?.found ?? []).filter(row => row.uri !== here?.uri);
  const recent = (answer?.recent ?? []).filter(
    row => !found.some(other => other.folder === row.folder)
  );
  const choose = async (row: StoreChoiceRow) => {
    if (row.folder === chosen?.folder || (await stores.open(row.uri))) {
      onDone();
    }
  };
  const rows = (list: readonly StoreChoiceRow[], canForget: boolean) =>
    list.map(row => (
      <Choice
        key={row.folder}
        row={row}
        isCurrent={row.folder === chosen?.folder}
        isBusy={stores.opening === row.uri}
        onChoose={() => void choose(row)}
        onForget={canForget ? () => void stores.forget(row.folder) : null}
      />
    ));
  return (
    <>
      <div className="jp-tracker-store-choices">
        <FolderChoice
          row={here}
          isCurrent={chosen === null}
          onChoose={() => {
            stores.followFolder();
            onDone();
          }}
        />
        {found.length > 0 && (
          <section aria-label={trans.__('Found here')}>
            <h3>{trans.__('Found here')}</h3>
            {rows(found, false)}
          </section>
        )}
        {recent.length > 0 && (
          <section aria-label={trans.__('Recent')}>
            <h3>{trans.__('Recent')}</h3>
            {rows(recent, true)}
          </section>
        )}
        <p className="jp-tracker-store-status" role="status">
          {answer === null || answer.searching
            ? trans.__('Looking for stores…')
            : ''}
        </p>
        {(openError ?? listError) && (
          <p className="jp-tracker-store-error" role="alert">
            {(openError ?? listError)?.message}
          </p>
        )}
      </div>
      <button
        type="button"
        className="jp-tracker-store jp-tracker-store-open"
        onClick={onForm}
      >
        <Icon name="plus" />
        <span className="jp-tracker-store-texts">
          {trans.__('Open another store…')}
        </span>
      </button>
    </>
  );
}

function FolderChoice(props: {
  row: StoreChoiceRow | null;
  isCurrent: boolean;
  onChoose: () => void;
}): JSX.Element {
  const { row } = props;
  const trans = useTrans();
  return (
    <button
      type="button"
      className="jp-tracker-store"
      aria-current={props.isCurrent}
      title={row?.uri}
      onClick={props.onChoose}
    >
      <Icon name={row ? KIND_ICONS[row.kind] : 'store'} />
      <span className="jp-tracker-store-texts">
        <span className="jp-tracker-store-name">
          {row?.name ?? trans.__('The folder’s store')}
        </span>
        <span className="jp-tracker-store-place">
          {trans.__('Follows your folder')}
        </span>
      </span>
      {props.isCurrent && <Icon name="check" />}
    </button>
  );
}

function Choice(props: {
  row: StoreChoiceRow;
  isCurrent: boolean;
  isBusy: boolean;
  onChoose: () => void;
  onForget: (() => void) | null;
}): JSX.Element {
  const { row, isCurrent, isBusy, onChoose, onForget } = props;
  const trans = useTrans();
  return (
    <div className="jp-tracker-store-row">
      <button
        type="button"
        className="jp-tracker-store"
        aria-current={isCurrent}
        aria-busy={isBusy}
        title={row.uri}
        onClick={onChoose}
        onKeyDown={event => {
          if (event.key === 'Delete' && onForget) {
            onForget();
          }
        }}
      >
        <Icon name={KIND_ICONS[row.kind]} />
        <span className="jp-tracker-store-texts">
          <span className="jp-tracker-store-name">{row.name}</span>
          <span className="jp-tracker-store-place">
            {isBusy ? trans.__('Opening…') : row.place}
          </span>
        </span>
        {isCurrent ? (
          <Icon name="check" />
        ) : (
          <span className="jp-tracker-store-kind">
            {kindName(row.kind, trans)}
          </span>
        )}
      </button>
      {onForget && (
        <IconButton
          icon="cross"
          size={14}
          label={trans.__('Forget %1', row.name)}
          title={trans.__('Take this store off the list; its files stay')}
          onClick={onForget}
        />
      )}
    </div>
  );
}

/** Arrows go from store to store, Home and End to the first and the last. */
function moveFocus(event: React.KeyboardEvent, menu: HTMLElement | null): void {
  const items = [
    ...(menu?.querySelectorAll<HTMLElement>('.jp-tracker-store') ?? [])
  ];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const targets: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? -1 : at - 1,
    Home: 0,
    End: -1
  };
  if (event.key in targets) {
    event.preventDefault();
    items.at(targets[event.key] % items.length)?.focus();
  }
}
