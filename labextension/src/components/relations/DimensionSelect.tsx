import * as React from 'react';

import { useTrans } from '../common/context';
import { Select } from '../common/Select';
import type { Axis } from './useAxis';

/** Chooses the param or metric of an axis. */
export function DimensionSelect({ axis }: { axis: Axis }): JSX.Element {
  const { label, dimensions, chosen } = axis;
  const trans = useTrans();
  const groups = [
    ['param', trans.__('Params')],
    ['metric', trans.__('Metrics')]
  ] as const;
  return (
    <label>
      {label}
      <Select label={label} value={chosen.id} onChange={axis.onChoose}>
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
