import * as React from 'react';

import type { ApiError } from '../../errors';
import { asApiError, isAbort } from '../../errors';
import type { Pair } from '../../models/pair/arrangement';
import type { CompareModel } from '../../models/compare/compare';
import type { CompareAnswer, ComparePart } from '../../wire';

/** How two runs differ, as far as it is known. */
export interface PairState {
  /** Null while it is read for the first time. */
  readonly answer: CompareAnswer | null;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

/** Ask how two runs differ, again when one of them ends. What was shown stays until then. */
export function usePair(
  model: CompareModel,
  pair: Pair,
  part: ComparePart
): PairState {
  const [answer, setAnswer] = React.useState<CompareAnswer | null>(null);
  const [error, setError] = React.useState<ApiError | null>(null);
  const [turn, setTurn] = React.useState(0);
  const [left, right] = pair;
  const ends = model.state.runs
    .filter(run => pair.includes(run.run_id))
    .map(run => run.end_time)
    .join();
  React.useEffect(() => {
    const abort = new AbortController();
    model.compare([left, right], [part], abort.signal).then(
      found => {
        setAnswer(found);
        setError(null);
      },
      (reason: unknown) => {
        if (!isAbort(reason)) {
          setError(asApiError(reason));
        }
      }
    );
    return () => abort.abort();
  }, [model, left, right, part, ends, turn]);
  const retry = React.useCallback(() => setTurn(count => count + 1), []);
  const isOfPair = answer?.run_ids[0] === left && answer.run_ids[1] === right;
  return { answer: isOfPair ? answer : null, error, retry };
}
