import * as React from 'react';

import type { StoresModel } from '../../models/list/stores';
import type { StoreRow } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { KIND_ICONS, kindName } from './kinds';
import { StoreMenu } from './StoreMenu';

/** What the switcher shows besides the model, and whom it may ask. */
export interface StoreSwitcherProps {
  stores: StoresModel;
  /** The store that answered; null before it did. */
  store: StoreRow | null;
  /** Whether the menu is to be open from now on: another object each time. */
  asked: { form: boolean } | null;
  /** Have a file or folder chosen; resolves to null where nothing was. */
  onBrowse: (() => Promise<string | null>) | null;
}

/** Tells which store is looked at, and opens the menu of the others. */
export function StoreSwitcher(props: StoreSwitcherProps): JSX.Element {
  const { stores, store, asked, onBrowse } = props;
  const trans = useTrans();
  useSignal(stores.changed);
  const [isOpen, setOpen] = React.useState(false);
  const [isForm, setForm] = React.useState(false);
  const box = React.useRef<HTMLDivElement>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const menuId = React.useId();

  const close = React.useCallback(() => {
    setOpen(false);
    button.current?.focus();
  }, []);
  React.useEffect(() => {
    if (asked) {
      setOpen(true);
      setForm(asked.form);
    }
  }, [asked]);
  useLoading(stores, isOpen);
  useOutside(box, isOpen, () => setOpen(false));

  // Of a store that a link names, only its answer tells more.
  const shown = stores.chosen?.name ? stores.chosen : store;
  const name = shown?.name ?? trans.__('Runs');
  const place = (stores.chosen?.place || store?.uri) ?? '';
  const isReadOnly = store !== null && !store.writable;
  return (
    <div className="jp-tracker-stores" ref={box}>
      <button
        ref={button}
        type="button"
        className="jp-tracker-store-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? menuId : undefined}
        aria-label={trans.__('Store: %1', name)}
        title={
          stores.chosen
            ? place
            : trans.__('%1\nFollows the folder you work in', place)
        }
        onClick={() => {
          setForm(false);
          setOpen(!isOpen);
        }}
      >
        <Icon name={shown ? KIND_ICONS[shown.kind] : 'store'} />
        <span className="jp-tracker-store-name">{name}</span>
        {shown && (
          <span className="jp-tracker-store-kind">
            {kindName(shown.kind, trans)}
          </span>
        )}
        {isReadOnly && (
          <span
            className="jp-tracker-store-lock"
            role="img"
            aria-label={trans.__('read only')}
            title={trans.__('Read only: runs of this store cannot be changed')}
          >
            <Icon name="lock" size={14} />
          </span>
        )}
        <span className="jp-tracker-store-arrow" data-open={isOpen}>
          <Icon name="chevron" size={12} />
        </span>
      </button>
      {isOpen && (
        <StoreMenu
          id={menuId}
          stores={stores}
          isForm={isForm}
          onForm={setForm}
          onBrowse={onBrowse}
          onClose={close}
        />
      )}
    </div>
  );
}

/** Ask for the stores while the menu is open. */
function useLoading(stores: StoresModel, isOpen: boolean): void {
  React.useEffect(() => {
    if (!isOpen) {
      return;
    }
    stores.forgetError();
    void stores.load();
    return () => stores.stop();
  }, [stores, isOpen]);
}

/** Call back when something else is clicked, or gets the focus. Dialogs above do not count. */
function useOutside(
  box: React.RefObject<HTMLElement | null>,
  isOpen: boolean,
  onOutside: () => void
): void {
  const latest = React.useRef(onOutside);
  latest.current = onOutside;
  React.useEffect(() => {
    if (!isOpen) {
      return;
    }
    const onEvent = (event: Event) => {
      const target = event.target instanceof Element ? event.target : null;
      const isInside = target !== null && box.current?.contains(target);
      if (target && !isInside && !target.closest('.jp-Dialog')) {
        latest.current();
      }
    };
    document.addEventListener('pointerdown', onEvent, true);
    document.addEventListener('focusin', onEvent, true);
    return () => {
      document.removeEventListener('pointerdown', onEvent, true);
      document.removeEventListener('focusin', onEvent, true);
    };
  }, [box, isOpen]);
}
