import * as React from 'react';

import type { Figure } from '../../models/charts/figures';
import { figureCode } from '../../models/charts/figures';
import type { RunRow } from '../../wire';
import { useColors, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { saveBlob } from '../common/save';
import type { ImageFormat } from './image';

/** Where code goes: into a new cell of a notebook, or into the clipboard where none is open. */
export interface CodePlace {
  readonly storeUri: string;
  readonly openCode: (code: string) => 'cell' | 'clipboard';
}

const Context = React.createContext<CodePlace | null>(null);

/** Tells the charts inside where their code goes. */
export const CodePlaceProvider = Context.Provider;

/** What a chart is taken along as: the Python code that draws it, or a picture. */
export function ChartActions(props: {
  /** The name of the file, without its ending. */
  name: string;
  figure: Figure;
  runs: readonly RunRow[];
  image: (format: ImageFormat) => Promise<Blob>;
  /** Whether there is room for a picture only. */
  isCompact?: boolean;
}): JSX.Element {
  const { name, figure, runs, image } = props;
  const place = React.useContext(Context);
  const trans = useTrans();
  const colors = useColors();
  const [said, setSaid] = React.useState('');
  const open = ({ storeUri, openCode }: CodePlace) => {
    const drawn = runs.map(({ run_id }) => ({
      runId: run_id,
      color: colors.colorOf(run_id)
    }));
    const code = figureCode(figure, { storeUri, runs: drawn });
    setSaid(
      openCode(code) === 'cell'
        ? trans.__('In a new cell')
        : trans.__('Copied: paste it into a cell')
    );
  };
  const save = (format: ImageFormat) => {
    image(format).then(
      blob => {
        saveBlob(blob, `${fileName(name)}.${format}`);
        setSaid('');
      },
      () => setSaid(trans.__('The picture could not be made.'))
    );
  };
  const choices: [string, string, () => void][] = [
    ...(place
      ? [
          [
            trans.__('Code'),
            trans.__('Open as the Python code that draws this chart'),
            () => open(place)
          ] as [string, string, () => void]
        ]
      : []),
    ['PNG', trans.__('Save the chart as PNG'), () => save('png')],
    ['SVG', trans.__('Save the chart as SVG'), () => save('svg')]
  ];
  const label = trans.__('Take %1 along', name);
  return props.isCompact ? (
    <span className="jp-tracker-icon-select" title={said || label}>
      <Icon name="download" size={14} />
      <span aria-live="polite" className="jp-tracker-visually-hidden">
        {said}
      </span>
      <select
        aria-label={label}
        value=""
        onChange={event => choices[Number(event.target.value)][2]()}
      >
        <option value="" disabled>
          {trans.__('Take the chart along')}
        </option>
        {choices.map(([, caption], i) => (
          <option key={i} value={i}>
            {caption}
          </option>
        ))}
      </select>
    </span>
  ) : (
    <div className="jp-tracker-figure-actions" role="group" aria-label={label}>
      <span aria-live="polite">{said}</span>
      {choices.map(([text, caption, act]) => (
        <button
          key={text}
          type="button"
          className="jp-tracker-link"
          title={caption}
          onClick={act}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** Metrics have names like `val/loss`, which no file can have. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, 100);
}
