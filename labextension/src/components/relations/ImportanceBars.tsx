import * as React from 'react';

/** How much one param matters. */
export interface ImportanceBar {
  readonly key: string;
  /** Width of the bar, 0 to 1. */
  readonly share: number;
  readonly sign: -1 | 0 | 1;
  readonly text: string;
  readonly note: string;
  readonly title: string;
}

/** Params as bars, the one that matters most at the top. */
export function ImportanceBars(props: {
  caption: string;
  bars: readonly ImportanceBar[];
}): JSX.Element {
  return (
    <table className="jp-tracker-importance">
      <caption>{props.caption}</caption>
      <tbody>
        {props.bars.map(({ key, share, sign, text, note, title }) => (
          <tr key={key}>
            <th scope="row" title={key}>
              {key}
            </th>
            <td>
              <div
                className="jp-tracker-importance-bar"
                data-sign={sign}
                style={{ width: `${Math.round(share * 100)}%` }}
              />
            </td>
            <td title={title}>
              {text}
              <span>{note}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
