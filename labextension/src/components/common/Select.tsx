import * as React from 'react';

import { Icon } from './icons';

/** A list to choose one from, the browser's own: it never overflows a narrow sidebar. */
export function Select(props: {
  label: string;
  value: string;
  title?: string;
  className?: string;
  children: React.ReactNode;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <span className={`jp-tracker-select ${props.className ?? ''}`}>
      <select
        aria-label={props.label}
        title={props.title ?? props.label}
        value={props.value}
        onChange={event => props.onChange(event.target.value)}
      >
        {props.children}
      </select>
      <Icon name="chevron" size={12} />
    </span>
  );
}
