import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { Pair } from '../../models/pair/arrangement';
import type { CompareModel } from '../../models/compare/compare';
import type { PictureMode, PicturePair } from '../../models/pair/pictures';
import {
  imagesOf,
  pairPictures,
  PICTURE_MODES
} from '../../models/pair/pictures';
import type { Preferences } from '../../models/views/preferences';
import type { CompareAnswer, LineRow } from '../../wire';
import { useSize } from '../charts/useSize';
import { useTrans } from '../common/context';
import { EmptyState, ErrorBar, Loading } from '../common/message';
import { LineDiff } from './LineDiff';
import { PairSelect } from './PairSelect';
import { PicturesCard } from './PicturesCard';
import { usePair } from './usePair';

const LOG_FIGURE = "tracker.log_figure(figure, 'figure.png')";
const NARROWEST_SPLIT = 720;

/** What two runs showed: their text line by line, and their pictures. */
export function OutputsPane(props: {
  model: CompareModel;
  pair: Pair;
  preferences: Preferences;
}): JSX.Element {
  const { model, pair, preferences } = props;
  const trans = useTrans();
  const { answer, error, retry } = usePair(model, pair, 'outputs');
  const files = useFiles(model, pair);
  const pictures = usePictures(answer, files);
  return (
    <div className="jp-tracker-pair">
      <div
        className="jp-tracker-controls"
        role="toolbar"
        aria-label={trans.__('Runs side by side')}
      >
        <PairSelect model={model} pair={pair} />
        {pictures !== null && pictures.length > 0 && (
          <PictureModes
            chosen={preferences.view.pictures}
            onChoose={mode => preferences.setView({ pictures: mode })}
          />
        )}
      </div>
      {error && (
        <ErrorBar
          message={error.message}
          action={trans.__('Try again')}
          onAction={retry}
        />
      )}
      {answer && files && pictures ? (
        <Shown
          answer={answer}
          files={files}
          pictures={pictures}
          mode={preferences.view.pictures}
        />
      ) : (
        !error && <Loading />
      )}
    </div>
  );
}

function Shown(props: {
  answer: CompareAnswer;
  files: readonly [ArtifactsModel, ArtifactsModel];
  pictures: readonly PicturePair[];
  mode: PictureMode;
}): JSX.Element {
  const { answer, files, pictures, mode } = props;
  const trans = useTrans();
  const [texts] = answer.texts;
  // Who printed nothing wrote one empty line.
  const isSaid = ({ left, right }: LineRow) =>
    [...left, ...right].some(({ text }) => text !== '');
  const lines = texts.some(isSaid) ? texts : [];
  if (lines.length === 0 && pictures.length === 0) {
    return (
      <EmptyState title={trans.__('Neither run showed anything')}>
        <p>
          {trans.__(
            'What a tracked cell prints and draws is kept with its run; images can be logged:'
          )}
        </p>
        <pre>{LOG_FIGURE}</pre>
      </EmptyState>
    );
  }
  const [left, right] = answer.run_names;
  return (
    <>
      {lines.length > 0 && <TextDiff lines={lines} />}
      <div className="jp-tracker-pictures-all">
        {pictures.map(one => (
          <PicturesCard
            key={one.name}
            pair={one}
            files={files}
            names={[left, right]}
            mode={mode}
          />
        ))}
      </div>
    </>
  );
}

function TextDiff({ lines }: { lines: readonly LineRow[] }): JSX.Element {
  const trans = useTrans();
  const host = React.useRef<HTMLElement>(null);
  const isSplit = useSize(host).width >= NARROWEST_SPLIT;
  const isEqual = lines.every(line => line.kind === 'equal');
  return (
    <section
      ref={host}
      className="jp-tracker-cell"
      aria-label={trans.__('Text')}
    >
      <header>
        <span>{trans.__('Text')}</span>
        <span className="jp-tracker-cell-kind">
          {isEqual ? trans.__('equal') : trans.__('changed')}
        </span>
      </header>
      <LineDiff label={trans.__('Text')} lines={lines} isSplit={isSplit} />
    </section>
  );
}

function PictureModes(props: {
  chosen: PictureMode;
  onChoose: (mode: PictureMode) => void;
}): JSX.Element {
  const trans = useTrans();
  const names: Record<PictureMode, string> = {
    side: trans.__('Side by side'),
    swipe: trans.__('Swipe'),
    overlay: trans.__('Overlay'),
    difference: trans.__('Difference')
  };
  return (
    <div
      className="jp-tracker-tabs"
      role="radiogroup"
      aria-label={trans.__('Pictures')}
    >
      {PICTURE_MODES.map(mode => (
        <label key={mode}>
          <input
            type="radio"
            className="jp-tracker-visually-hidden"
            name="jp-tracker-pictures"
            checked={mode === props.chosen}
            onChange={() => props.onChoose(mode)}
          />
          <span>{names[mode]}</span>
        </label>
      ))}
    </div>
  );
}

/** The files of both runs, as long as these two are looked at. */
function useFiles(model: CompareModel, [left, right]: Pair) {
  const [files, setFiles] = React.useState<
    readonly [ArtifactsModel, ArtifactsModel] | null
  >(null);
  React.useEffect(() => {
    const made = [model.artifactsOf(left), model.artifactsOf(right)] as const;
    setFiles(made);
    return () => {
      setFiles(null);
      made.forEach(one => one.dispose());
    };
  }, [model, left, right]);
  return files;
}

/** The pictures of both; null while they are looked for. */
function usePictures(
  answer: CompareAnswer | null,
  files: readonly [ArtifactsModel, ArtifactsModel] | null
): PicturePair[] | null {
  const trans = useTrans();
  const [images, setImages] = React.useState<
    readonly [readonly string[], readonly string[]] | null
  >(null);
  React.useEffect(() => {
    let isWanted = files !== null;
    setImages(null);
    if (files) {
      Promise.all([imagesOf(files[0]), imagesOf(files[1])]).then(
        found => isWanted && setImages(found),
        () => isWanted && setImages([[], []])
      );
    }
    return () => {
      isWanted = false;
    };
  }, [files]);
  return React.useMemo(() => {
    if (answer === null || images === null) {
      return null;
    }
    const [left, right] = answer.outputs;
    return pairPictures([left.figures, right.figures], images, number =>
      trans.__('Figure %1', number)
    );
  }, [answer, images, trans]);
}
