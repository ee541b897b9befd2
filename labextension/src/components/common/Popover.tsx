import * as React from 'react';

const FOCUSABLE =
  'input:not(:disabled), select:not(:disabled), button:not(:disabled)';

/**
 * A small window over the view, below the button that opened it. It takes the focus, keeps it, and
 * gives it back; Escape and a click elsewhere close it.
 */
export function Popover(props: {
  label: string;
  className?: string;
  onClose: () => void;
  children: React.ReactNode;
}): JSX.Element {
  const node = React.useRef<HTMLDivElement>(null);
  const onClose = React.useRef(props.onClose);
  onClose.current = props.onClose;

  React.useEffect(() => {
    const before = document.activeElement;
    node.current?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
    const onPointerDown = (event: PointerEvent) => {
      const target = event.target as Node;
      // The button that opened it closes it by itself.
      const isInside = node.current?.parentElement?.contains(target) ?? false;
      if (!isInside) {
        onClose.current();
      }
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) {
        (before as HTMLElement | null)?.focus();
      }
    };
  }, []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      props.onClose();
      const opener = node.current?.parentElement;
      opener?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
    } else if (event.key === 'Tab') {
      keepInside(event, node.current);
    }
  };
  return (
    <div
      ref={node}
      role="dialog"
      aria-label={props.label}
      className={`jp-tracker-popover ${props.className ?? ''}`}
      onKeyDown={onKeyDown}
    >
      {props.children}
    </div>
  );
}

function keepInside(
  event: React.KeyboardEvent,
  node: HTMLElement | null
): void {
  const all = [...(node?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
  const edge = event.shiftKey ? all[0] : all[all.length - 1];
  if (edge && document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0]).focus();
  }
}
