import type { TranslationBundle } from '@jupyterlab/translation';

import type { StoreKind } from '../../wire';
import type { IconName } from '../common/icons';

/** The picture of each kind of store. */
export const KIND_ICONS: Record<StoreKind, IconName> = {
  tracker: 'store',
  mlruns: 'folder',
  mlflow: 'database',
  server: 'server'
};

/** Return what people call a kind of store, in as few letters as a sidebar has room for. */
export function kindName(kind: StoreKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'mlruns':
      return 'mlruns';
    case 'mlflow':
      return 'mlflow.db';
    case 'server':
      return trans.__('server');
    default:
      return trans.__('folder store');
  }
}
