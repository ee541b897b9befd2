import * as React from 'react';

import type { ApiError } from '../../errors';
import { asApiError, isAbort } from '../../errors';
import type { CompareModel } from '../../models/compare/compare';
import type { RunRow, ImportanceAnswer } from '../../wire';

/** Runs that the server looks at at once. */
const MOST_RUNS = 1_000;

/** What the server's forest found, as far as it is known. */
export interface Forest {
  readonly answer: ImportanceAnswer | null;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

/** Ask for a forest of these runs while one is wanted; the same question is asked once. */
export function useForest(
  model: CompareModel,
  runs: readonly RunRow[],
  metric: string,
  isWanted: boolean
): Forest {
  const [answer, setAnswer] = React.useState<ImportanceAnswer | null>(null);
  const [error, setError] = React.useState<ApiError | null>(null);
  const [turn, setTurn] = React.useState(0);
  const question = JSON.stringify(
    runs
      .slice(0, MOST_RUNS)
      .map(run => [run.run_id, run.metrics[metric]?.last ?? null])
  );
  React.useEffect(() => {
    const abort = new AbortController();
    setAnswer(null);
    setError(null);
    if (isWanted) {
      const ids = (JSON.parse(question) as [string, unknown][]).map(
        ([runId]) => runId
      );
      model
        .importance(ids, metric, abort.signal)
        .then(setAnswer, (reason: unknown) => {
          if (!isAbort(reason)) {
            setError(asApiError(reason));
          }
        });
    }
    return () => abort.abort();
  }, [model, question, metric, isWanted, turn]);
  const retry = React.useCallback(() => setTurn(count => count + 1), []);
  return { answer, error, retry };
}
