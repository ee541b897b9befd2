import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type {
  PictureMode,
  PicturePair,
  Zoom
} from '../../models/pair/pictures';
import { scaled, WHOLE } from '../../models/pair/pictures';
import { useTrans } from '../common/context';
import { IconButton } from '../common/IconButton';
import { PictureFrame } from './PictureFrame';
import { usePictureUrl } from './usePictureUrl';
import { STEP } from './zoomKeys';

/** A picture of each run: beside one another, or one over the other, magnified in step. */
export function PicturesCard(props: {
  pair: PicturePair;
  files: readonly [ArtifactsModel, ArtifactsModel];
  names: readonly [string, string];
  mode: PictureMode;
}): JSX.Element {
  const { pair, files, names } = props;
  const trans = useTrans();
  const [zoom, setZoom] = React.useState(WHOLE);
  const [share, setShare] = React.useState(50);
  const left = usePictureUrl(files[0], pair.left);
  const right = usePictureUrl(files[1], pair.right);
  // Nothing can lie over a picture that is not there.
  const isBoth = pair.left !== null && pair.right !== null;
  const mode = isBoth ? props.mode : 'side';
  const frame = { zoom, onZoom: setZoom };
  const sides = [
    { url: left, path: pair.left, name: names[0] },
    { url: right, path: pair.right, name: names[1] }
  ];
  return (
    <section className="jp-tracker-pictures" aria-label={pair.name}>
      <header>
        <h3 title={pair.name}>{pair.name}</h3>
        <ZoomButtons zoom={zoom} onZoom={setZoom} />
      </header>
      {mode === 'side' ? (
        <div className="jp-tracker-pictures-sides">
          {sides.map(({ url, path, name }, i) => (
            <figure key={i}>
              {path === null ? (
                <p className="jp-tracker-nothing">
                  {trans.__('This run has no such picture.')}
                </p>
              ) : (
                <PictureFrame
                  {...frame}
                  label={trans.__('%1 of %2', pair.name, name)}
                  layers={[{ url }]}
                />
              )}
              <figcaption>{name}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <Stacked
          {...frame}
          label={trans.__('%1 of %2 and %3', pair.name, ...names)}
          urls={[left, right]}
          names={names}
          mode={mode}
          share={share}
          onShare={setShare}
        />
      )}
    </section>
  );
}

function Stacked(props: {
  label: string;
  urls: readonly [string | null | undefined, string | null | undefined];
  names: readonly [string, string];
  mode: Exclude<PictureMode, 'side'>;
  share: number;
  zoom: Zoom;
  onShare: (share: number) => void;
  onZoom: (zoom: Zoom) => void;
}): JSX.Element {
  const { mode, share, urls, names } = props;
  const trans = useTrans();
  const looks: Record<typeof mode, React.CSSProperties> = {
    swipe: { clipPath: `inset(0 0 0 ${share}%)` },
    overlay: { opacity: share / 100 },
    difference: { mixBlendMode: 'difference' }
  };
  const frame = { label: props.label, zoom: props.zoom, onZoom: props.onZoom };
  return (
    <figure>
      <PictureFrame
        {...frame}
        layers={[{ url: urls[0] }, { url: urls[1], style: looks[mode] }]}
        divider={mode === 'swipe' ? share : null}
        onDivide={mode === 'swipe' ? props.onShare : undefined}
      />
      {mode === 'difference' ? (
        <figcaption>
          {trans.__('Black where both pictures are the same.')}
        </figcaption>
      ) : (
        <figcaption className="jp-tracker-pictures-share">
          <span>{names[0]}</span>
          <input
            type="range"
            min={0}
            max={100}
            value={share}
            aria-label={
              mode === 'swipe'
                ? trans.__('Where the left picture ends')
                : trans.__('How much of the right picture is seen')
            }
            onChange={event => props.onShare(Number(event.target.value))}
          />
          <span>{names[1]}</span>
        </figcaption>
      )}
    </figure>
  );
}

function ZoomButtons(props: {
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
}): JSX.Element {
  const { zoom, onZoom } = props;
  const trans = useTrans();
  return (
    <div
      className="jp-tracker-pictures-zoom"
      role="group"
      aria-label={trans.__('Zoom')}
    >
      <IconButton
        icon="minus"
        size={14}
        label={trans.__('Smaller')}
        disabled={zoom.scale <= 1}
        onClick={() => onZoom(scaled(zoom, 1 / STEP))}
      />
      <button
        type="button"
        className="jp-tracker-link"
        title={trans.__('Show the whole picture')}
        onClick={() => onZoom(WHOLE)}
      >
        {Math.round(zoom.scale * 100)} %
      </button>
      <IconButton
        icon="plus"
        size={14}
        label={trans.__('Larger')}
        onClick={() => onZoom(scaled(zoom, STEP))}
      />
    </div>
  );
}
