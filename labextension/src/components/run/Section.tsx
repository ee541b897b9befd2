import * as React from 'react';

import type { RunPlace } from '../../models/run/place';
import { useSignal } from '../common/context';

/** The sections of a run's page, in their order. */
export type SectionId =
  | 'overview'
  | 'charts'
  | 'system'
  | 'log'
  | 'code'
  | 'outputs'
  | 'artifacts'
  | 'environment';

/** A part of a run's page that one can be sent to. */
export function Section(props: {
  id?: SectionId;
  title: string;
  controls?: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  const { id, title } = props;
  return (
    <section
      className="jp-tracker-section"
      aria-label={title}
      data-section={id}
      tabIndex={id ? -1 : undefined}
    >
      <div className="jp-tracker-section-header">
        <h2>{title}</h2>
        {props.controls}
      </div>
      {props.children}
    </section>
  );
}

/** The way to the sections, beside them where there is room. */
export function SectionNav(props: {
  label: string;
  sections: readonly (readonly [SectionId, string])[];
  page: React.RefObject<HTMLElement>;
}): JSX.Element {
  const { sections, page } = props;
  const current = useCurrent(page, sections.map(([id]) => id).join());
  return (
    <nav className="jp-tracker-section-nav" aria-label={props.label}>
      {sections.map(([id, title]) => (
        <button
          type="button"
          key={id}
          aria-current={id === current ? 'true' : undefined}
          onClick={() => goTo(page.current, id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

/** Follow whoever sends somebody to a section, once it is there. */
export function useSentTo(
  page: React.RefObject<HTMLElement>,
  place: RunPlace,
  isReady: boolean
): void {
  useSignal(place.changed);
  const { wanted } = place;
  const done = React.useRef<object | null>(null);
  React.useEffect(() => {
    if (isReady && wanted && done.current !== wanted) {
      if (goTo(page.current, wanted.section)) {
        done.current = wanted;
      }
    }
  });
}

function goTo(page: HTMLElement | null, id: string): boolean {
  const section = sectionsOf(page).find(node => node.dataset.section === id);
  section?.scrollIntoView({ block: 'start' });
  section?.focus({ preventScroll: true });
  return section !== undefined;
}

function sectionsOf(page: HTMLElement | null): HTMLElement[] {
  return [...(page?.querySelectorAll<HTMLElement>('[data-section]') ?? [])];
}

/** Return the section that is being read: the last that begins above the upper third. */
function useCurrent(
  page: React.RefObject<HTMLElement>,
  sections: string
): string | null {
  const [current, setCurrent] = React.useState<string | null>(null);
  React.useEffect(() => {
    const node = page.current;
    if (!node) {
      return;
    }
    let frame = 0;
    const look = () => {
      frame = 0;
      const { top, height } = node.getBoundingClientRect();
      const isEnd = node.scrollTop + node.clientHeight >= node.scrollHeight - 2;
      const all = sectionsOf(node);
      const above = all.filter(
        one => one.getBoundingClientRect().top <= top + height / 3
      );
      const last = isEnd && node.scrollTop > 0 ? all : above;
      setCurrent(last[last.length - 1]?.dataset.section ?? null);
    };
    const onScroll = () => {
      frame = frame || window.requestAnimationFrame(look);
    };
    look();
    node.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      window.cancelAnimationFrame(frame);
      node.removeEventListener('scroll', onScroll);
    };
  }, [page, sections]);
  return current;
}
