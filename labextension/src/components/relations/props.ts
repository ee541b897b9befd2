import type { CompareModel } from '../../models/compare/compare';
import type { Dimension } from '../../models/runs/dimensions';
import type { Preferences } from '../../models/views/preferences';
import type { RunRow } from '../../wire';

/** What these charts need. */
export interface RelationProps {
  model: CompareModel;
  runs: readonly RunRow[];
  preferences: Preferences;
  emphasis: string | null;
  onEmphasis: (runId: string | null) => void;
  /** Draw the curves of these runs only. */
  onOnly: (runIds: readonly string[]) => void;
}

/** What the pane of one chart is given. */
export interface PaneProps extends RelationProps {
  dimensions: readonly Dimension[];
  params: readonly Dimension[];
  metrics: readonly Dimension[];
}
