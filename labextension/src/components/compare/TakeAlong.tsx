import * as React from 'react';
import { Clipboard } from '@jupyterlab/apputils';

import type { CompareModel } from '../../models/compare/compare';
import type { FactsModel } from '../../models/compare/facts';
import type { Preferences } from '../../models/views/preferences';
import { toCode, toCsv, toMarkdown } from '../../models/compare/tableText';
import { useTrans } from '../common/context';
import { saveBlob } from '../common/save';
import { useSections } from './useSections';

/** The table as people take it into a report, a spreadsheet or their next cell. */
export function TakeAlong(props: {
  model: CompareModel;
  preferences: Preferences;
  facts: FactsModel;
}): JSX.Element {
  const trans = useTrans();
  const sections = useSections(props);
  const { runs } = props.model.state;
  const [said, setSaid] = React.useState('');
  const copy = (text: string, message: string) => {
    Clipboard.copyToSystem(text);
    setSaid(message);
  };
  const actions: [string, string, () => void][] = [
    [
      trans.__('Copy'),
      trans.__('Copy the table as Markdown'),
      () => copy(toMarkdown(sections, runs), trans.__('Copied as Markdown'))
    ],
    [
      trans.__('CSV'),
      trans.__('Save the table as CSV, one line a run'),
      () => {
        const csv = new Blob([toCsv(sections, runs)], { type: 'text/csv' });
        saveBlob(csv, 'runs.csv');
        setSaid(trans.__('Saved as runs.csv'));
      }
    ],
    [
      trans.__('DataFrame'),
      trans.__('Copy the code of a cell that reads these runs'),
      () => {
        const ids = runs.map(run => run.run_id);
        copy(toCode(ids), trans.__('Copied: paste it into a cell'));
      }
    ]
  ];
  return (
    <div
      className="jp-tracker-take"
      role="group"
      aria-label={trans.__('Take the table along')}
    >
      <span role="status">{said}</span>
      {actions.map(([name, caption, act]) => (
        <button
          key={name}
          type="button"
          className="jp-tracker-link"
          title={caption}
          onClick={act}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
