import * as React from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { Virtualizer } from '@tanstack/react-virtual';

import type { Line } from '../../models/files/lines';
import type { RunFiles } from '../../models/files/runFiles';
import type { TextSearch } from '../../models/files/textSearch';
import { TextWindow } from '../../models/files/textWindow';
import { useSignal, useTrans } from '../common/context';
import { Message } from './Message';
import { TextBar, useSearch } from './TextBar';

const ROW_HEIGHT = 18;
const NEAR = 30;
const POLL = 1_500;

/** Text of any size, read where somebody looks. A log begins at its end and follows what comes. */
export function TextView(props: {
  files: RunFiles;
  path: string;
  label: string;
  /** Whether the end is what people want to see. */
  isLog: boolean;
  /** Whether more may come. */
  isGrowing: boolean;
}): JSX.Element {
  const { files, path, label, isLog, isGrowing } = props;
  const trans = useTrans();
  const text = useTextWindow(files, path, isLog);
  const search = useSearch(files, path);
  useSignal(text.changed);
  useSignal(search.changed);
  const [wraps, setWraps] = React.useState(isLog);
  const [follows, setFollows] = React.useState(isLog);
  const scroller = React.useRef<HTMLDivElement>(null);
  const { lines, atStart, atEnd, isLoading, error } = text.state;
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    getItemKey: index => lines[index].start
  });
  useReading(text, virtualizer, { follows, isGrowing });
  useSteady(lines, virtualizer, scroller, follows);
  useShownMatch(text, search, virtualizer, () => setFollows(false));
  const toEnd = () => {
    setFollows(true);
    if (atEnd) {
      virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
    } else {
      void text.openEnd();
    }
  };
  const toStart = () => {
    setFollows(false);
    if (atStart) {
      virtualizer.scrollToIndex(0);
    } else {
      void text.openStart().then(() => virtualizer.scrollToIndex(0));
    }
  };
  return (
    <div className="jp-tracker-text">
      <TextBar
        search={search}
        wraps={wraps}
        onWrap={setWraps}
        follows={isLog ? follows : null}
        isGrowing={isGrowing}
        onFollow={on => (on ? toEnd() : setFollows(false))}
        onStart={toStart}
        onEnd={toEnd}
        state={text.state}
      />
      {error && <Message error={error.message} />}
      <div
        ref={scroller}
        className="jp-tracker-text-scroller"
        data-wraps={wraps}
        tabIndex={0}
        role="region"
        aria-label={label}
        aria-busy={isLoading}
        onWheel={event => event.deltaY < 0 && setFollows(false)}
        onPointerDown={() => setFollows(false)}
        onKeyDown={event => {
          const keys: Record<string, () => void> = {
            Home: toStart,
            End: toEnd
          };
          if (keys[event.key]) {
            event.preventDefault();
            keys[event.key]();
          } else if (['ArrowUp', 'PageUp'].includes(event.key)) {
            setFollows(false);
          }
        }}
      >
        <div
          className="jp-tracker-text-content"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {virtualizer.getVirtualItems().map(({ index, start, key }) => (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              className="jp-tracker-text-line"
              style={{ transform: `translateY(${start}px)` }}
            >
              {lines[index].number !== null && (
                <span className="jp-tracker-text-number" aria-hidden="true">
                  {lines[index].number}
                </span>
              )}
              <Marked
                text={lines[index].text}
                wanted={search.state.text}
                isCurrent={contains(lines[index], search.state.current)}
              />
            </div>
          ))}
        </div>
      </div>
      {lines.length === 0 && !isLoading && !error && (
        <p className="jp-tracker-nothing">{trans.__('Empty')}</p>
      )}
    </div>
  );
}

function useTextWindow(
  files: RunFiles,
  path: string,
  isLog: boolean
): TextWindow {
  const text = React.useMemo(
    () =>
      new TextWindow((start, end, signal) =>
        files.part(path, start, end, signal)
      ),
    [files, path]
  );
  React.useEffect(() => {
    void (isLog ? text.openEnd() : text.openStart());
    return () => text.dispose();
  }, [text, isLog]);
  return text;
}

/** Read on where the lines that are known come to an end, and what is written meanwhile. */
function useReading(
  text: TextWindow,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  { follows, isGrowing }: { follows: boolean; isGrowing: boolean }
): void {
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index;
  const last = items[items.length - 1]?.index;
  const { lines, atStart, atEnd, isLoading } = text.state;
  const isShown = first !== undefined && last !== undefined;
  React.useEffect(() => {
    if (!isShown || isLoading) {
      return;
    }
    if (last > lines.length - NEAR && !atEnd) {
      void text.moreBelow();
    } else if (first < NEAR && !atStart && !follows) {
      void text.moreAbove();
    }
  }, [text, isShown, first, last, lines, atStart, atEnd, isLoading, follows]);
  React.useEffect(() => {
    if (!isGrowing) {
      return;
    }
    const timer = window.setInterval(() => {
      const isSeen = virtualizer.scrollElement?.offsetParent !== null;
      if (isSeen && !document.hidden && text.state.atEnd) {
        void text.moreBelow();
      }
    }, POLL);
    return () => window.clearInterval(timer);
  }, [text, isGrowing, virtualizer]);
}

/** Stay at the end where that is wanted; else keep the lines under the eye where they are. */
function useSteady(
  lines: readonly Line[],
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  scroller: React.RefObject<HTMLDivElement>,
  follows: boolean
): void {
  const before = React.useRef(lines);
  React.useLayoutEffect(() => {
    const old = before.current;
    before.current = lines;
    if (follows && lines.length > 0) {
      virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
      return;
    }
    const [first] = old;
    if (old === lines || !first || lines[0]?.start === first.start) {
      return;
    }
    const added = lines.findIndex(line => line.start === first.start);
    const dropped = old.findIndex(line => line.start === lines[0]?.start);
    const shift = added > 0 ? added : dropped > 0 ? -dropped : 0;
    if (shift !== 0 && scroller.current) {
      scroller.current.scrollTop += shift * ROW_HEIGHT;
    }
  }, [lines, virtualizer, scroller, follows]);
}

/** Bring the match that one is at into view, also where it is far away. */
function useShownMatch(
  text: TextWindow,
  search: TextSearch,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  leaveEnd: () => void
): void {
  const { current } = search.state;
  const leave = React.useRef(leaveEnd);
  leave.current = leaveEnd;
  React.useEffect(() => {
    if (current === null) {
      return;
    }
    leave.current();
    let isWanted = true;
    void text.openAt(current).then(() => {
      const index = text.state.lines.findIndex(line => contains(line, current));
      if (isWanted && index >= 0) {
        // Once the lines that were read are drawn.
        window.requestAnimationFrame(() =>
          virtualizer.scrollToIndex(index, { align: 'center' })
        );
      }
    });
    return () => {
      isWanted = false;
    };
  }, [text, current, virtualizer]);
}

function contains(line: Line, offset: number | null): boolean {
  return offset !== null && line.start <= offset && offset < line.end;
}

function Marked(props: {
  text: string;
  wanted: string;
  isCurrent: boolean;
}): JSX.Element {
  const { text, wanted, isCurrent } = props;
  const parts: React.ReactNode[] = [];
  if (wanted !== '') {
    const lower = text.toLowerCase();
    const sought = wanted.toLowerCase();
    let at = 0;
    // Some letters change their number when they become small.
    const isSame = lower.length === text.length;
    for (
      let found = isSame ? lower.indexOf(sought) : -1;
      found >= 0 && parts.length < 200;
      found = lower.indexOf(sought, at)
    ) {
      const end = found + sought.length;
      parts.push(text.slice(at, found));
      parts.push(<mark key={found}>{text.slice(found, end)}</mark>);
      at = end;
    }
    parts.push(text.slice(at));
  }
  return (
    <span
      className="jp-tracker-text-words"
      data-current={isCurrent || undefined}
    >
      {parts.length > 0 ? parts : text}
    </span>
  );
}
