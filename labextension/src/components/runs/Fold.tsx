import * as React from 'react';

import { useTrans } from '../common/context';
import { Icon } from '../common/icons';

/** Opens and closes what is below a row; an empty place where there is nothing. */
export function Fold(props: {
  count: number;
  isOpen: boolean;
  label: string;
  onFold: () => void;
}): JSX.Element {
  const { count, isOpen, label } = props;
  const trans = useTrans();
  if (count === 0) {
    return <span className="jp-tracker-fold" />;
  }
  return (
    <button
      type="button"
      className="jp-tracker-fold"
      tabIndex={-1}
      aria-label={isOpen ? trans.__('Fold %1', label) : label}
      title={isOpen ? trans.__('Fold') : trans.__('Show %1', label)}
      data-open={isOpen}
      onClick={event => {
        event.stopPropagation();
        props.onFold();
      }}
    >
      <Icon name="chevron" size={12} />
    </button>
  );
}
