import * as React from 'react';

/** What is dragged now: browsers tell the data only when it is dropped. */
let dragged: { kind: string; id: string } | null = null;

/** Return what makes a head of a table, or a chart, draggable onto others of its kind. */
export function useDragged(
  kind: 'run' | 'row' | 'chart',
  id: string,
  onDrop: (id: string) => void
) {
  const [isOver, setOver] = React.useState(false);
  const accepts = () => dragged?.kind === kind && dragged.id !== id;
  return {
    draggable: true,
    'data-drop': isOver || undefined,
    onDragStart: (event: React.DragEvent) => {
      dragged = { kind, id };
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', id);
    },
    onDragEnd: () => {
      dragged = null;
    },
    onDragOver: (event: React.DragEvent) => {
      if (accepts()) {
        event.preventDefault();
        setOver(true);
      }
    },
    onDragLeave: (event: React.DragEvent) => {
      const to = event.relatedTarget;
      if (!(to instanceof Node && event.currentTarget.contains(to))) {
        setOver(false);
      }
    },
    onDrop: (event: React.DragEvent) => {
      setOver(false);
      if (accepts() && dragged) {
        event.preventDefault();
        onDrop(dragged.id);
      }
    }
  };
}
