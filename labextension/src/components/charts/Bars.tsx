import * as React from 'react';

import { toNumber } from '../../wire';
import { useTrans } from '../common/context';
import { barLayout, barTraces } from './bars';
import type { ChartProps } from './chartProps';
import type { Size } from './frame';
import { Plot } from './Plot';
import { useTheme } from './theme';
import { useLooks, useStable } from './useLooks';

/** How large a figure is that is taken out of the page. */
const FIGURE_SIZE: Size = { width: 900, height: 520 };

/** The single value of each run as a bar. */
export function Bars(props: ChartProps): JSX.Element {
  const { metric, runs, emphasis } = props;
  const trans = useTrans();
  const theme = useTheme();
  const looks = useLooks(runs, props.model.state.runs);
  const values = useStable(runs.map(run => toNumber(run.metrics[metric].last)));
  const draw = React.useCallback(
    (size: Size) => {
      const bars = looks.map((look, i) => ({ ...look, value: values[i] }));
      return {
        data: barTraces(bars, emphasis, theme, size),
        layout: barLayout(theme, bars, size)
      };
    },
    [looks, values, emphasis, theme]
  );
  props.figure.current = () => ({ name: metric, ...draw(FIGURE_SIZE) });
  return (
    <Plot
      label={trans.__('Bars of %1 for %2 runs', metric, runs.length)}
      height={props.height}
      draw={draw}
    />
  );
}
