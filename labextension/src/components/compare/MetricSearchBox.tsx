import * as React from 'react';

import { useTrans } from '../common/context';
import { Icon } from '../common/icons';

/** Narrows the charts to metrics whose names match. */
export function MetricSearchBox(props: {
  text: string;
  /** Whether the text is no regular expression. */
  isBroken: boolean;
  found: number;
  of: number;
  onText: (text: string) => void;
}): JSX.Element {
  const { text, isBroken, found, of, onText } = props;
  const trans = useTrans();
  const label = trans.__('Find metrics');
  return (
    <div className="jp-tracker-metric-search" role="search">
      <span className="jp-tracker-metric-search-box">
        <Icon name="search" size={14} />
        <input
          type="text"
          value={text}
          aria-label={label}
          placeholder={trans.__('Find metrics: a part of the name, or a regex')}
          spellCheck={false}
          onChange={event => onText(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && text !== '') {
              event.stopPropagation();
              onText('');
            }
          }}
        />
      </span>
      <span role="status">
        {isBroken
          ? trans.__('No regular expression: searched for as it is')
          : text &&
            (found === 0
              ? trans.__('No metric is called so')
              : trans.__('%1 of %2 metrics', found, of))}
      </span>
    </div>
  );
}
