import * as React from 'react';

import type { IconName } from './icons';
import { Icon } from './icons';

interface IconButtonProps extends Omit<
  React.ComponentPropsWithoutRef<'button'>,
  'children'
> {
  icon: IconName;
  /** What it is called, and says where it has no `title`. */
  label: string;
  size?: number;
}

/** A button with a picture for a text. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const { icon, label, size, className, ...others } = props;
  return (
    <button
      type="button"
      title={label}
      {...others}
      className={`jp-tracker-icon-button ${className ?? ''}`.trimEnd()}
      aria-label={label}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}
