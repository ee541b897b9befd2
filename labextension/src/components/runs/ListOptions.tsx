import * as React from 'react';

import type { KnownKeys, ListColumn } from '../../models/list/listColumns';
import { columnId, RUN_KEYS, SUMMARIES } from '../../models/list/listColumns';
import type { ListLayout } from '../../models/list/listLayout';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { Popover } from '../common/Popover';
import { columnName } from './columnNames';
import { Select } from '../common/Select';

/** Keys listed at once under a heading: of more, one types a part. */
const MOST_SHOWN = 60;

/** The button for columns and groups, and what it opens. */
export function ListOptions(props: {
  layout: ListLayout;
  keys: () => KnownKeys;
}): JSX.Element {
  const { layout } = props;
  const trans = useTrans();
  const [isOpen, setOpen] = React.useState(false);
  return (
    <span className="jp-tracker-options">
      <IconButton
        icon="columns"
        size={14}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        label={trans.__('Columns and groups')}
        data-changed={layout.groupBy !== ''}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <Popover
          label={trans.__('Columns and groups')}
          className="jp-mod-options"
          onClose={() => setOpen(false)}
        >
          <Options layout={layout} keys={props.keys()} />
        </Popover>
      )}
    </span>
  );
}

function Options(props: { layout: ListLayout; keys: KnownKeys }): JSX.Element {
  const { layout, keys } = props;
  const trans = useTrans();
  const [typed, setTyped] = React.useState('');
  const groups = withChosen(keys, layout.groupBy);
  return (
    <>
      <label className="jp-tracker-option-line">
        <span>{trans.__('Group by')}</span>
        <Select
          label={trans.__('Group by')}
          value={layout.groupBy}
          onChange={groupBy => layout.setGroupBy(groupBy)}
        >
          <option value="">{trans.__('Nothing')}</option>
          <optgroup label={trans.__('Params')}>
            {groups.params.map(key => (
              <option key={key} value={`param:${key}`}>
                {key}
              </option>
            ))}
          </optgroup>
          <optgroup label={trans.__('Tags')}>
            {groups.tags.map(key => (
              <option key={key} value={`tag:${key}`}>
                {key}
              </option>
            ))}
          </optgroup>
        </Select>
      </label>
      <label className="jp-tracker-check">
        <input
          type="checkbox"
          checked={layout.isNested}
          disabled={layout.groupBy !== ''}
          onChange={event => layout.setNested(event.target.checked)}
        />
        {trans.__('Fold nested runs under their parent')}
      </label>
      <Chosen layout={layout} />
      <input
        type="text"
        className="jp-tracker-field"
        aria-label={trans.__('Search columns')}
        placeholder={trans.__('Search params, metrics and tags')}
        value={typed}
        onChange={event => setTyped(event.target.value)}
      />
      <Offered layout={layout} keys={keys} typed={typed.toLowerCase()} />
    </>
  );
}

/** The columns that are shown, in their order. */
function Chosen(props: { layout: ListLayout }): JSX.Element {
  const { layout } = props;
  const trans = useTrans();
  return (
    <ul
      className="jp-tracker-chosen"
      aria-label={trans.__('Columns shown, in their order')}
    >
      {layout.columns.map((column, i) => {
        const name = columnName(column, trans);
        return (
          <li key={columnId(column)}>
            <span title={name}>{name}</span>
            <IconButton
              icon="up"
              label={trans.__('Move %1 forward', name)}
              disabled={i === 0}
              onClick={() => layout.moveColumn(column, -1)}
            />
            <IconButton
              icon="down"
              label={trans.__('Move %1 back', name)}
              disabled={i === layout.columns.length - 1}
              onClick={() => layout.moveColumn(column, 1)}
            />
            <IconButton
              icon="cross"
              label={trans.__('Remove the column %1', name)}
              onClick={() => layout.toggleColumn(column)}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Offered(props: {
  layout: ListLayout;
  keys: KnownKeys;
  typed: string;
}): JSX.Element {
  const { layout, keys, typed } = props;
  const trans = useTrans();
  const shown = new Set(layout.columns.map(columnId));
  const tick = (column: ListColumn, label: string) => (
    <label key={columnId(column)} className="jp-tracker-check">
      <input
        type="checkbox"
        checked={shown.has(columnId(column))}
        onChange={() => layout.toggleColumn(column)}
      />
      <span title={label}>{label}</span>
    </label>
  );
  const fits = (name: string) => name.toLowerCase().includes(typed);
  const section = (
    title: string,
    names: readonly string[],
    row: (name: string) => JSX.Element
  ) => {
    const found = names.filter(fits);
    return (
      found.length > 0 && (
        <fieldset key={title}>
          <legend>{title}</legend>
          {found.slice(0, MOST_SHOWN).map(row)}
          {found.length > MOST_SHOWN && (
            <p className="jp-tracker-note">
              {trans.__('%1 more: search for them', found.length - MOST_SHOWN)}
            </p>
          )}
        </fieldset>
      )
    );
  };
  const runColumns = new Map(
    RUN_KEYS.map(key => {
      const column: ListColumn = { kind: 'run', key };
      return [columnName(column, trans), column];
    })
  );
  return (
    <div className="jp-tracker-offered">
      {section(trans.__('Params'), keys.params, key =>
        tick({ kind: 'param', key }, key)
      )}
      {section(trans.__('Metrics'), keys.metrics, key => (
        <MetricChoice key={key} name={key} shown={shown} layout={layout} />
      ))}
      {section(trans.__('Runs'), [...runColumns.keys()], name =>
        tick(runColumns.get(name) ?? { kind: 'run', key: 'age' }, name)
      )}
      {section(trans.__('Tags'), keys.tags, key =>
        tick({ kind: 'tag', key }, key)
      )}
    </div>
  );
}

/** A metric, and which of its numbers are shown. */
function MetricChoice(props: {
  name: string;
  shown: ReadonlySet<string>;
  layout: ListLayout;
}): JSX.Element {
  const { name, shown, layout } = props;
  const trans = useTrans();
  const labels = {
    last: trans.__('last'),
    min: trans.__('min'),
    max: trans.__('max')
  };
  return (
    <div className="jp-tracker-metric-choice" role="group" aria-label={name}>
      <span title={name}>{name}</span>
      {SUMMARIES.map(summary => {
        const column: ListColumn = { kind: 'metric', key: name, summary };
        return (
          <button
            key={summary}
            type="button"
            className="jp-tracker-chip"
            aria-pressed={shown.has(columnId(column))}
            aria-label={`${name} ${labels[summary]}`}
            onClick={() => layout.toggleColumn(column)}
          >
            {labels[summary]}
          </button>
        );
      })}
    </div>
  );
}

/** What is grouped by stays among the choices, also where no run read so far has it. */
function withChosen(keys: KnownKeys, groupBy: string): KnownKeys {
  const key = groupBy.slice(groupBy.indexOf(':') + 1);
  const add = (names: readonly string[]) =>
    names.includes(key) ? names : [key, ...names];
  if (groupBy.startsWith('param:')) {
    return { ...keys, params: add(keys.params) };
  }
  return groupBy.startsWith('tag:') ? { ...keys, tags: add(keys.tags) } : keys;
}
