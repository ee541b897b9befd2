import * as React from 'react';

import type { ArtifactsModel } from '../../models/files/artifacts';
import type { Output } from '../../models/files/outputs';
import { readOutputs } from '../../models/files/outputs';
import { LARGEST_OUTPUTS } from '../../models/files/previews';
import { useTextFile } from './useTextFile';

/** Where capture keeps what a cell showed. */
const FILE = 'cell/outputs.json';

/** What the run's cell showed, as the notebook would show it. */
export function useOutputs(model: ArtifactsModel): readonly Output[] {
  const text = useTextFile(model, FILE, LARGEST_OUTPUTS);
  return React.useMemo(() => (text === null ? [] : readOutputs(text)), [text]);
}
