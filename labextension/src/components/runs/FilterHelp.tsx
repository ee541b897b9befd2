import * as React from 'react';

import type { FieldKind, FieldsAnswer } from '../../wire';
import { useTrans } from '../common/context';

/** What a filter can say, told by examples made of the names that runs of this store have. */
export function FilterHelp(props: {
  id: string;
  fields: FieldsAnswer;
  onTry: (filter: string) => void;
}): JSX.Element {
  const { id, fields, onTry } = props;
  const trans = useTrans();
  const metric = usualOf(fields, 'metrics') ?? 'metrics.loss';
  const param = usualOf(fields, 'params') ?? 'params.model';
  const examples: [string, string][] = [
    ['otter', trans.__('Words without operators search the names of runs.')],
    [`${metric} < 0.5`, trans.__('The last value of a metric.')],
    [
      `${metric}.min < 0.5`,
      trans.__('Also min, max, count, last_step and last_timestamp.')
    ],
    [
      `${param} = 'a' OR ${param} LIKE 'b%'`,
      trans.__(
        'Params and tags are texts, in quotes. % stands for any text; ILIKE ignores case.'
      )
    ],
    [`${param} IS NOT NULL`, trans.__('Runs that have the param at all.')],
    [
      "attributes.status IN ('FAILED', 'KILLED')",
      trans.__('Also run_name, run_id, user_id, start_time, end_time.')
    ],
    [
      'attributes.start_time > now - 1d AND attributes.duration > 10m',
      trans.__("Times count from now, or are dates as '2026-11-20'.")
    ],
    [
      `NOT (attributes.status = 'FAILED' AND ${metric} > 1)`,
      trans.__('AND, OR, NOT and brackets join conditions.')
    ],
    [
      'tags.`my tag` = "it\'s"',
      trans.__('Names with blanks go into backticks.')
    ]
  ];
  return (
    <div
      id={id}
      className="jp-tracker-offers jp-tracker-filter-help"
      role="region"
      aria-label={trans.__('How to filter')}
    >
      <p>{trans.__('Click an example to try it, and change it.')}</p>
      <dl>
        {examples.map(([filter, meaning]) => (
          <React.Fragment key={filter}>
            <dt>
              <button type="button" onClick={() => onTry(filter)}>
                <code>{filter}</code>
              </button>
            </dt>
            <dd>{meaning}</dd>
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}

function usualOf(fields: FieldsAnswer, kind: FieldKind): string | undefined {
  return fields.fields.find(row => row.kind === kind)?.field;
}
