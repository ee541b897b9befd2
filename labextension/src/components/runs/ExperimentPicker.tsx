import * as React from 'react';

import type { ExperimentRow } from '../../wire';
import { useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { Popover } from '../common/Popover';

/** Names listed at once: of more, one types a part. */
const MOST_SHOWN = 200;

interface Choice {
  id: string | null;
  name: string;
  count: number;
}

/** Whose runs are listed: a button with the name, and a list to search by typing. */
export function ExperimentPicker(props: {
  experiments: readonly ExperimentRow[];
  experimentId: string | null;
  onExperiment: (experimentId: string | null) => void;
}): JSX.Element {
  const { experiments, experimentId } = props;
  const trans = useTrans();
  const [isOpen, setOpen] = React.useState(false);
  const all: Choice = {
    id: null,
    name: trans.__('All experiments'),
    count: experiments.reduce((sum, e) => sum + e.run_count, 0)
  };
  const choices = [
    all,
    ...inUseFirst(experiments).map(e => ({
      id: e.experiment_id,
      name: e.name,
      count: e.run_count
    }))
  ];
  const chosen = choices.find(({ id }) => id === experimentId) ?? all;
  return (
    <div className="jp-tracker-picker">
      <button
        type="button"
        className="jp-tracker-picker-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={trans.__('Experiment: %1', chosen.name)}
        title={chosen.name}
        onClick={() => setOpen(!isOpen)}
      >
        <span>{chosen.name}</span>
        <small>{chosen.count}</small>
        <Icon name="chevron" size={12} />
      </button>
      {isOpen && (
        <Popover label={trans.__('Experiments')} onClose={() => setOpen(false)}>
          <Choices
            choices={choices}
            chosen={chosen.id}
            onChoose={id => {
              setOpen(false);
              props.onExperiment(id);
            }}
          />
        </Popover>
      )}
    </div>
  );
}

/** Those with runs as they come, the newest first; the empty ones after them by name. */
function inUseFirst(experiments: readonly ExperimentRow[]): ExperimentRow[] {
  const empty = experiments.filter(e => e.run_count === 0);
  empty.sort((a, b) =>
    a.name.localeCompare(b.name, undefined, { numeric: true })
  );
  return [...experiments.filter(e => e.run_count > 0), ...empty];
}

function Choices(props: {
  choices: readonly Choice[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}): JSX.Element {
  const { choices, chosen, onChoose } = props;
  const trans = useTrans();
  const listId = React.useId();
  const [typed, setTyped] = React.useState('');
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter(({ name }) =>
    words.every(word => name.toLowerCase().includes(word))
  );
  const shown = found.slice(0, MOST_SHOWN);
  const [at, setAt] = React.useState(
    Math.max(
      0,
      choices.findIndex(({ id }) => id === chosen)
    )
  );
  const active = Math.min(at, shown.length - 1);
  const list = React.useRef<HTMLUListElement>(null);
  React.useEffect(() => {
    list.current?.children[active]?.scrollIntoView?.({ block: 'nearest' });
  }, [active]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 8,
      PageUp: active - 8
    };
    if (event.key in to) {
      setAt(Math.min(Math.max(to[event.key], 0), shown.length - 1));
    } else if (event.key === 'Enter' && shown[active]) {
      onChoose(shown[active].id);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        className="jp-tracker-field"
        aria-label={trans.__('Search experiments')}
        aria-controls={listId}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-activedescendant={
          shown[active] ? `${listId}-${active}` : undefined
        }
        placeholder={trans.__('Search %1 experiments', choices.length - 1)}
        value={typed}
        onChange={event => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul
        ref={list}
        id={listId}
        role="listbox"
        aria-label={trans.__('Experiments')}
        className="jp-tracker-choices"
      >
        {shown.map(({ id, name, count }, i) => (
          <li
            key={id ?? ''}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={id === chosen}
            data-active={i === active || undefined}
            title={name}
            onClick={() => onChoose(id)}
          >
            <span>{name}</span>
            <small>{count}</small>
          </li>
        ))}
      </ul>
      {found.length > shown.length && (
        <p className="jp-tracker-note">
          {trans.__(
            '%1 more. Type a part of the name.',
            found.length - shown.length
          )}
        </p>
      )}
      {found.length === 0 && (
        <p className="jp-tracker-note" role="status">
          {trans.__('No experiment has such a name')}
        </p>
      )}
    </>
  );
}
