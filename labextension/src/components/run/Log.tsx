import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { RunFiles } from '../../models/files/runFiles';
import { TextView } from '../artifacts/TextView';
import { useTrans } from '../common/context';

/** Where runs keep what they wrote while they ran: ours, then those of other trackers. */
const LOGS = [
  'project/log.txt',
  'wandb/output.log',
  'output.log',
  'log.txt',
  'logs/output.log'
];

/** Return the path of a run's log; null where it has none. */
export function useLogPath(artifacts: ArtifactsModel): string | null {
  const root = artifacts.folder('');
  const folders = LOGS.map(path => path.slice(0, path.lastIndexOf('/') + 1))
    .map(folder => folder.slice(0, -1))
    .filter(folder => root?.files.some(({ path }) => path === folder))
    .join('|');
  React.useEffect(() => {
    folders
      .split('|')
      .filter(folder => folder !== '' && !artifacts.folder(folder))
      .forEach(folder => void artifacts.load(folder));
  }, [artifacts, folders]);
  return (
    LOGS.find(path => {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      return artifacts
        .folder(parent)
        ?.files.some(file => file.path === path && !file.is_dir);
    }) ?? null
  );
}

/** What a run wrote, followed while it writes. */
export function Log(props: {
  files: RunFiles;
  path: string;
  isGrowing: boolean;
}): JSX.Element {
  const trans = useTrans();
  return <TextView {...props} label={trans.__('Lines of the log')} isLog />;
}
