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

/** What says that somebody moves the page himself. */
const TOUCHES = ['wheel', 'pointerdown', 'keydown'] as const;

/** Follow whoever sends somebody to a section, while what is read later moves it. */
export function useSentTo(
  page: React.RefObject<HTMLElement>,
  place: RunPlace,
  isReady: boolean
): void {
  useSignal(place.changed);
  const { wanted } = place;
  const followed = React.useRef<object | null>(null);
  const isLeft = React.useRef(false);
  React.useEffect(() => {
    const node = page.current;
    const leave = () => {
      isLeft.current = true;
    };
    TOUCHES.forEach(type => node?.addEventListener(type, leave));
    return () =>
      TOUCHES.forEach(type => node?.removeEventListener(type, leave));
  }, [page]);
  React.useEffect(() => {
    if (!isReady || !wanted) {
      return;
    }
    if (followed.current !== wanted) {
      if (goTo(page.current, wanted.section)) {
        followed.current = wanted;
        isLeft.current = false;
      }
    } else if (!isLeft.current) {
      showSection(page.current, wanted.section);
    }
  });
}

function goTo(page: HTMLElement | null, id: string): boolean {
  const section = showSection(page, id);
  section?.focus({ preventScroll: true });
  return section !== undefined;
}

function showSection(
  page: HTMLElement | null,
  id: string
): HTMLElement | undefined {
  const sections = sectionsOf(page);
  const section = sections.find(node => node.dataset.section === id);
  if (section !== undefined && section === sections[0]) {
    // What stands above the first, the run's name and what it is, belongs to it.
    page?.scrollTo({ top: 0 });
  } else {
    section?.scrollIntoView({ block: 'start' });
  }
  return section;
}

function sectionsOf(page: HTMLElement | null): HTMLElement[] {
  return [...(page?.querySelectorAll<HTMLElement>('[data-section]') ?? [])];
}

/** A section is read from where it begins so far below the upper edge, in px. */
const READ_BELOW = 96;

/** Return the section that is being read: the last that begins near the upper edge or above. */
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
      const { top } = node.getBoundingClientRect();
      const isEnd = node.scrollTop + node.clientHeight >= node.scrollHeight - 2;
      const all = sectionsOf(node);
      const above = all.filter(
        one => one.getBoundingClientRect().top <= top + READ_BELOW
      );
      const isStart = node.scrollTop === 0;
      const last = isStart ? all.slice(0, 1) : isEnd ? all : above;
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
