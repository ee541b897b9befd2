import * as React from 'react';

/**
 * Stands for Jupyter's toolkit of web components, which is a third of what the page would weigh and
 * of which tracker shows nothing: JupyterLab's own widgets get plain elements instead.
 */
type Props = React.PropsWithChildren<{
  'aria-label'?: string;
  className?: string;
  disabled?: boolean;
  title?: string;
  onClick?: React.MouseEventHandler;
  onInput?: React.FormEventHandler;
}>;

export function Button(props: Props): JSX.Element {
  return React.createElement('button', { ...plain(props), type: 'button' });
}

export function Search(props: Props): JSX.Element {
  return React.createElement('input', { ...plain(props), type: 'search' });
}

/** Named by JupyterLab's table of contents, which the page has not got. */
export const TreeItem = React.Fragment;
export const TreeView = React.Fragment;

function plain(props: Props): Props {
  const { className, disabled, title, onClick, onInput, children } = props;
  const label = props['aria-label'];
  return {
    className,
    disabled,
    title,
    onClick,
    onInput,
    children,
    'aria-label': label
  };
}

export const jpButton = (): null => null;
export const jpToolbar = (): null => null;
export const addJupyterLabThemeChangeListener = (): void => undefined;
export const provideJupyterDesignSystem = (): { register: () => void } => ({
  register: () => undefined
});
