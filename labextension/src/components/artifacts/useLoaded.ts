import * as React from 'react';

import { asApiError, isAbort } from '../../errors';

/** What was loaded, or why it could not be; both null while it is under way. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly error: string | null;
}

const NOTHING = { value: null, error: null };

/** Return what `load` resolves to; it is called again whenever it is another function. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>
): Loaded<T> {
  const [loaded, setLoaded] = React.useState<Loaded<T>>(NOTHING);
  React.useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      value => abort.signal.aborted || setLoaded({ value, error: null }),
      error =>
        abort.signal.aborted ||
        isAbort(error) ||
        setLoaded({ value: null, error: asApiError(error).message })
    );
    return () => abort.abort();
  }, [load]);
  return loaded;
}
