import * as React from 'react';

import { formatBytes } from '../../format';
import type { ArtifactsModel } from '../../models/files/artifacts';
import { useTrans } from '../common/context';
import { Filtered } from './Filtered';
import { LARGEST_PREVIEW } from '../../models/files/previews';
import { byName } from './Tables';
import { useTextFile } from './useTextFile';

/** What a run ran in, as capture keeps it. */
export interface RunEnvironment {
  readonly facts: readonly (readonly [string, string])[];
  readonly packages: readonly [string, string][];
}

/** Return the environment of a run; null where it was not kept. */
export function useEnvironment(model: ArtifactsModel): RunEnvironment | null {
  const text = useTextFile(
    model,
    'environment/environment.json',
    LARGEST_PREVIEW
  );
  return React.useMemo(() => (text ? readEnvironment(text) : null), [text]);
}

/** Return what the file says; null where it does not look like it. */
export function readEnvironment(text: string): RunEnvironment | null {
  let said: Record<string, unknown>;
  try {
    said = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return null;
  }
  const facts = Object.entries(said).flatMap(([name, value]) => {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
    const shown =
      name === 'memory_bytes' ? formatBytes(Number(value)) : String(value);
    return isPlain ? [[name.replace(/_bytes$/, ''), shown] as const] : [];
  });
  const packages = Object.entries(Object(said.distributions) as object).map(
    ([name, version]): [string, string] => [name, String(version)]
  );
  return { facts, packages: byName(packages) };
}

/** Python, machine and packages. */
export function Environment(props: {
  environment: RunEnvironment;
}): JSX.Element {
  const { facts, packages } = props.environment;
  const trans = useTrans();
  return (
    <div className="jp-tracker-environment">
      <dl className="jp-tracker-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name.replace(/_/g, ' ')}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {packages.length > 0 && (
        <Filtered
          entries={packages}
          textOf={entry => entry.join(' ')}
          label={trans.__('packages')}
        >
          {shown => (
            <ul
              className="jp-tracker-packages"
              aria-label={trans.__('Packages')}
            >
              {shown.map(([name, version]) => (
                <li key={name}>
                  <span>{name}</span> <code>{version}</code>
                </li>
              ))}
            </ul>
          )}
        </Filtered>
      )}
    </div>
  );
}
