import * as React from 'react';

import { useTrans } from '../common/context';
import type { TreeRow } from '../common/TreeList';
import { TreeList } from '../common/TreeList';

const ROW_HEIGHT = 22;
/** Members that are shown at once of an array or object. */
const MANY = 200;
const LONGEST = 500;

/** JSON as a tree that opens where somebody looks. */
export function JsonView(props: { value: unknown }): JSX.Element {
  const { value } = props;
  const trans = useTrans();
  const [open, setOpen] = React.useState<ReadonlySet<string>>(
    () => new Set(['$'])
  );
  const [shown, setShown] = React.useState<ReadonlyMap<string, number>>(
    () => new Map()
  );
  const [chosen, setChosen] = React.useState<string | null>(null);
  const rows = React.useMemo(
    () =>
      jsonRows(value, open, shown, count =>
        trans._n('%1 more', '%1 more', count)
      ),
    [value, open, shown, trans]
  );
  return (
    <TreeList
      label={trans.__('JSON')}
      rows={rows}
      chosen={chosen}
      rowHeight={ROW_HEIGHT}
      onToggle={id =>
        setOpen(before => {
          const next = new Set(before);
          if (!next.delete(id)) {
            next.add(id);
          }
          return next;
        })
      }
      onChoose={id => {
        if (id.endsWith(MORE)) {
          const parent = id.slice(0, -MORE.length);
          setShown(before =>
            new Map(before).set(parent, (before.get(parent) ?? MANY) + 5 * MANY)
          );
        } else {
          setChosen(id);
        }
      }}
    />
  );
}

/** Ends the id of the line that stands for the members not shown; no JSON key does. */
const MORE = '\u0000more';

/** Return the lines of a value of which some parts are open. */
export function jsonRows(
  value: unknown,
  open: ReadonlySet<string>,
  shown: ReadonlyMap<string, number>,
  more: (count: number) => string
): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (key: string | null, one: unknown, id: string, depth: number) => {
    const members = membersOf(one);
    const isOpen = members ? open.has(id) : null;
    rows.push({
      id,
      depth,
      isOpen,
      text: key ?? '',
      label: <Label name={key} value={one} />
    });
    if (!members || !isOpen) {
      return;
    }
    const limit = shown.get(id) ?? MANY;
    members
      .slice(0, limit)
      .forEach(([name, member], i) =>
        add(name, member, `${id}/${i}`, depth + 1)
      );
    if (members.length > limit) {
      rows.push({
        id: id + MORE,
        depth: depth + 1,
        isOpen: null,
        text: '',
        label: (
          <span className="jp-tracker-json-more">
            {more(members.length - limit)}
          </span>
        )
      });
    }
  };
  add(null, value, '$', 0);
  return rows;
}

function membersOf(value: unknown): [string, unknown][] | null {
  if (Array.isArray(value)) {
    return value.map((member, i) => [String(i), member]);
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
    : null;
}

function Label(props: { name: string | null; value: unknown }): JSX.Element {
  const { name, value } = props;
  return (
    <span className="jp-tracker-json">
      {name !== null && <b>{name}</b>}
      <span data-type={value === null ? 'null' : typeof value}>
        {shortOf(value)}
      </span>
    </span>
  );
}

function shortOf(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.length}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{${Object.keys(value).length}}`;
  }
  const text = JSON.stringify(value) ?? '';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
