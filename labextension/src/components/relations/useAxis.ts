import type { Dimension } from '../../models/runs/dimensions';
import type { FigureAxis } from '../../models/charts/figures';
import type { Preferences } from '../../models/views/preferences';

/** A dimension that can be chosen for an axis, and the one that is. */
export interface Axis<D extends Dimension | undefined = Dimension> {
  readonly label: string;
  readonly dimensions: readonly Dimension[];
  readonly chosen: D;
  readonly onChoose: (id: string) => void;
}

/** Return what was chosen for an axis of a chart as long as the runs have it, else what is usual. */
export function axisOf<D extends Dimension | undefined>(
  preferences: Preferences,
  id: string,
  label: string,
  dimensions: readonly Dimension[],
  usual: D
): Axis<Dimension | D> {
  const { axes } = preferences.view;
  return {
    label,
    dimensions,
    chosen: dimensions.find(one => one.id === axes[id]) ?? usual,
    onChoose: chosen => preferences.setView({ axes: { ...axes, [id]: chosen } })
  };
}

/** Return what a chart's description needs of a dimension. */
export function figureAxis(dimension: Dimension): FigureAxis {
  const { kind, key, isNumeric, isLog } = dimension;
  return { kind, key, isNumeric, isLog };
}
