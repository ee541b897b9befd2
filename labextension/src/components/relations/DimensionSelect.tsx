import * as React from 'react';

import type { Dimension } from '../../models/dimensions';
import { useTrans } from '../common/context';
import { Select } from '../runs/Toolbar';

/** Chooses the param or metric of an axis. */
export function DimensionSelect(props: {
  label: string;
  dimensions: readonly Dimension[];
  chosen: Dimension;
  onChoose: (id: string) => void;
}): JSX.Element {
  const { label, dimensions, chosen } = props;
  const trans = useTrans();
  const groups = [
    ['param', trans.__('Params')],
    ['metric', trans.__('Metrics')]
  ] as const;
  return (
    <label>
      {label}
      <Select label={label} value={chosen.id} onChange={props.onChoose}>
        {groups.map(([kind, name]) => {
          const mine = dimensions.filter(one => one.kind === kind);
          return mine.length === 0 ? null : (
            <optgroup key={kind} label={name}>
              {mine.map(({ id, key }) => (
                <option key={id} value={id}>
                  {key}
                </option>
              ))}
            </optgroup>
          );
        })}
      </Select>
    </label>
  );
}

/** Remember what was chosen for an axis, as long as the runs have it. */
export function useChosen(
  dimensions: readonly Dimension[],
  preferred: Dimension | undefined
): [Dimension | undefined, (id: string) => void] {
  const [id, setId] = React.useState<string | null>(null);
  const chosen = dimensions.find(one => one.id === id) ?? preferred;
  return [chosen, setId];
}
