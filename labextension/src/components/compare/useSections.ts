import type { CompareModel } from '../../models/compare/compare';
import type { FactsModel } from '../../models/compare/facts';
import type { Preferences } from '../../models/views/preferences';
import type { Section } from '../../models/compare/table';
import { compareRuns } from '../../models/compare/table';
import { arranged, rowId } from '../../models/compare/tableLayout';
import { useSignal, useTrans } from '../common/context';

/** What a comparison's table is made from. */
export interface TableSources {
  model: CompareModel;
  preferences: Preferences;
  facts: FactsModel;
}

/** Return all that a comparison tells of its runs. */
export function useAllSections(props: TableSources): Section[] {
  const { model, preferences, facts } = props;
  useSignal(facts.changed);
  const trans = useTrans();
  const { runs, experiments, baseline } = model.state;
  const at = runs.findIndex(run => run.run_id === baseline);
  return compareRuns(runs, {
    trans,
    experiments,
    directionOf: preferences.directionOf,
    baseline: at < 0 ? null : at,
    now: Date.now(),
    facts: facts.facts
  });
}

/** Return what the table shows: arranged, and where that is wished only what runs differ in. */
export function useSections(props: TableSources): Section[] {
  const all = useAllSections(props);
  const trans = useTrans();
  const { differencesOnly, table } = props.preferences.view;
  const isSparse = differencesOnly && props.model.state.runs.length > 1;
  const wanted = all.map(section => ({
    ...section,
    rows: section.rows.filter(
      row => row.differs || !isSparse || table.pinned.includes(rowId(row))
    )
  }));
  return arranged(wanted, table, trans.__('Pinned'));
}
