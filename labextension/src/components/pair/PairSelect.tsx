import * as React from 'react';

import type { Pair } from '../../models/pair/arrangement';
import type { CompareModel } from '../../models/compare/compare';
import { useColors, useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { ColorDot } from '../common/state';
import { Select } from '../common/Select';

/** Chooses the two runs that are held side by side. */
export function PairSelect(props: {
  model: CompareModel;
  pair: Pair;
}): JSX.Element {
  const { model, pair } = props;
  const [left, right] = pair;
  const trans = useTrans();
  return (
    <div className="jp-tracker-pair-select">
      <OneOf
        model={model}
        label={trans.__('Left run')}
        chosen={left}
        onChoose={id => model.setPair([id, id === right ? left : right])}
      />
      <IconButton
        icon="swap"
        size={14}
        label={trans.__('Swap the two runs')}
        onClick={() => model.setPair([right, left])}
      />
      <OneOf
        model={model}
        label={trans.__('Right run')}
        chosen={right}
        onChoose={id => model.setPair([id === left ? right : left, id])}
      />
    </div>
  );
}

function OneOf(props: {
  model: CompareModel;
  label: string;
  chosen: string;
  onChoose: (runId: string) => void;
}): JSX.Element {
  const { model, label, chosen } = props;
  const colors = useColors();
  return (
    <span className="jp-tracker-pair-one">
      <ColorDot color={colors.colorOf(chosen)} />
      <Select label={label} value={chosen} onChange={props.onChoose}>
        {model.state.runs.map(run => (
          <option key={run.run_id} value={run.run_id}>
            {run.run_name}
          </option>
        ))}
      </Select>
    </span>
  );
}
