import * as React from 'react';

import type { Arranger } from '../../models/views/arranger';
import type { Section } from '../../models/compare/table';
import { rowId } from '../../models/compare/tableLayout';
import { useTrans } from '../common/context';

/** Chooses which rows the table shows. */
export function RowChooser(props: {
  sections: readonly Section[];
  arranger: Arranger;
}): JSX.Element {
  const { sections, arranger } = props;
  const trans = useTrans();
  const menu = React.useRef<HTMLDetailsElement>(null);
  const [text, setText] = React.useState('');
  const { hidden } = arranger.layout;
  const ids = sections.flatMap(({ rows }) => rows.map(rowId));
  const gone = ids.filter(id => hidden.includes(id));
  useCloseOutside(menu);
  return (
    <details
      ref={menu}
      className="jp-tracker-menu"
      onKeyDown={event => {
        if (event.key === 'Escape' && menu.current?.open) {
          menu.current.open = false;
          menu.current.querySelector('summary')?.focus();
          event.stopPropagation();
        }
      }}
    >
      <summary>
        {gone.length === 0
          ? trans.__('Rows')
          : trans.__('Rows (%1 hidden)', gone.length)}
      </summary>
      <div className="jp-tracker-menu-box">
        <input
          type="search"
          className="jp-tracker-menu-search"
          placeholder={trans.__('Find a row')}
          aria-label={trans.__('Find a row')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <div className="jp-tracker-menu-list">
          {sections.map(section => (
            <RowGroup
              key={section.label}
              section={section}
              text={text.trim().toLowerCase()}
              arranger={arranger}
            />
          ))}
        </div>
        <button
          type="button"
          className="jp-tracker-link"
          disabled={gone.length === 0}
          onClick={() => arranger.setHidden(gone, false)}
        >
          {trans.__('Show all')}
        </button>
      </div>
    </details>
  );
}

function RowGroup(props: {
  section: Section;
  text: string;
  arranger: Arranger;
}): JSX.Element | null {
  const { section, text, arranger } = props;
  const { hidden } = arranger.layout;
  const rows = section.rows.filter(row =>
    row.label.toLowerCase().includes(text)
  );
  const ids = rows.map(rowId);
  const shown = ids.filter(id => !hidden.includes(id));
  if (rows.length === 0) {
    return null;
  }
  return (
    <fieldset>
      <legend>
        <label>
          <input
            type="checkbox"
            checked={shown.length === ids.length}
            ref={node => {
              if (node) {
                node.indeterminate =
                  shown.length > 0 && shown.length < ids.length;
              }
            }}
            onChange={event => arranger.setHidden(ids, !event.target.checked)}
          />
          {section.label}
        </label>
      </legend>
      {rows.map((row, i) => (
        <label key={ids[i]}>
          <input
            type="checkbox"
            checked={!hidden.includes(ids[i])}
            onChange={event =>
              arranger.setHidden([ids[i]], !event.target.checked)
            }
          />
          <span title={row.key}>{row.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A list that stays open when one looks elsewhere is in the way. */
function useCloseOutside(menu: React.RefObject<HTMLDetailsElement>): void {
  React.useEffect(() => {
    const close = (event: PointerEvent) => {
      const node = menu.current;
      if (node?.open && !node.contains(event.target as Node)) {
        node.open = false;
      }
    };
    document.addEventListener('pointerdown', close, true);
    return () => document.removeEventListener('pointerdown', close, true);
  }, [menu]);
}
