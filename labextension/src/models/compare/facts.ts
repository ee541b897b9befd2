import { ISignal, Signal } from '@lumino/signaling';

import { isAbort } from '../../errors';
import type { CompareAnswer, ComparedRow, RunRow } from '../../wire';
import type { CompareModel } from './compare';

/** What runs kept of their surroundings, of one kind. */
export interface FactGroup {
  readonly kind: 'environment' | 'package' | 'git' | 'dataset';
  readonly names: readonly string[];
  /** Values by run id and name. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export type Facts = readonly FactGroup[];

/** Runs that the server holds side by side at once. */
const AT_ONCE = 20;
/** Of more runs than this the files are not read: the table says so. */
export const MOST_RUNS = 200;

/** Environment, packages, git and data of the runs of a comparison, read when they are shown. */
export class FactsModel {
  constructor(private readonly _model: Pick<CompareModel, 'compare'>) {}

  /** Emitted when there are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null while they are read, and where they cannot be. */
  get facts(): Facts | null {
    return this._facts;
  }

  /** Read the facts of these runs, again where one of them has ended since. */
  async want(runs: readonly RunRow[]): Promise<void> {
    const wanted = runs.slice(0, MOST_RUNS);
    const key = wanted.map(run => `${run.run_id} ${run.end_time}`).sort();
    if (wanted.length === 0 || key.join() === this._key) {
      return;
    }
    this._key = key.join();
    this._abort.abort();
    this._abort = new AbortController();
    try {
      const ids = wanted.map(run => run.run_id);
      const had = this._facts?.length ?? 0;
      this._facts = await this._read(ids, this._abort.signal);
      if (had + this._facts.length > 0) {
        this._changed.emit();
      }
    } catch (error) {
      if (!isAbort(error)) {
        // The table is worth looking at without them; the next change of a run asks again.
        this._key = '';
      }
    }
  }

  dispose(): void {
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _read(ids: string[], signal: AbortSignal): Promise<Facts> {
    const answers: CompareAnswer[] = [];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const part = ids.slice(i, i + AT_ONCE);
      // One run alone is no comparison: it is held against itself.
      const asked = part.length === 1 ? [part[0], part[0]] : part;
      answers.push(await this._model.compare(asked, ['facts'], signal));
    }
    return [
      group('environment', answers, answer => answer.environment),
      group('package', answers, answer => answer.packages),
      group('git', answers, answer => answer.git),
      group('dataset', answers, answer => answer.datasets)
    ].filter(({ names }) => names.length > 0);
  }

  private _facts: Facts | null = null;
  private _key = '';
  private _abort = new AbortController();
  private _changed = new Signal<this, void>(this);
}

function group(
  kind: FactGroup['kind'],
  answers: readonly CompareAnswer[],
  pick: (answer: CompareAnswer) => ComparedRow[]
): FactGroup {
  const names = new Set<string>();
  const values = new Map<string, Map<string, string>>();
  for (const answer of answers) {
    for (const row of pick(answer)) {
      names.add(row.name);
      answer.run_ids.forEach((runId, i) => {
        const value = row.values[i];
        if (value !== null) {
          const mine = values.get(runId) ?? new Map<string, string>();
          values.set(runId, mine.set(row.name, value));
        }
      });
    }
  }
  return { kind, names: [...names], values };
}
