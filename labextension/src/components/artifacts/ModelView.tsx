import * as React from 'react';

import type { RunFiles } from '../../models/files/runFiles';
import type { ModelAnswer, ModelFieldRow } from '../../wire';
import { useTrans } from '../common/context';
import { Message } from './Message';
import { Snippet } from './Snippet';
import { useLoaded } from './useLoaded';

/** A logged model: how it is loaded, what it takes and gives. Nothing of it is loaded here. */
export function ModelView(props: {
  files: RunFiles;
  path: string;
}): JSX.Element {
  const { files, path } = props;
  const load = React.useCallback(
    (signal: AbortSignal) => files.model(path, signal),
    [files, path]
  );
  const { value, error } = useLoaded(load);
  return value ? (
    <Described model={value} runId={files.runId} />
  ) : (
    <Message error={error} />
  );
}

function Described(props: { model: ModelAnswer; runId: string }): JSX.Element {
  const { model, runId } = props;
  const trans = useTrans();
  const folder = model.path.slice(0, model.path.lastIndexOf('/') + 1);
  const uri = `runs:/${runId}/${folder.replace(/\/$/, '')}`;
  const flavors = model.flavors.map(({ name }) => name);
  return (
    <div className="jp-tracker-model">
      <h3>{trans.__('Load it with')}</h3>
      <Snippet code={loadingCode(uri, flavors)} />
      <div className="jp-tracker-columns">
        <Fields title={trans.__('Inputs')} fields={model.inputs} />
        <Fields title={trans.__('Outputs')} fields={model.outputs} />
        <Fields title={trans.__('Parameters')} fields={model.params} />
        {model.flavors.map(({ name, facts }) => (
          <Pairs
            key={name}
            title={trans.__('Flavor %1', name)}
            pairs={Object.entries(facts)}
          />
        ))}
        <Pairs
          title={trans.__('About')}
          pairs={[
            ...Object.entries(model.facts),
            ...(model.input_example
              ? [['input_example', model.input_example] as [string, string]]
              : [])
          ]}
        />
      </div>
    </div>
  );
}

/** MLflow loads its own flavors by their names, and any model as a function of Python. */
function loadingCode(uri: string, flavors: readonly string[]): string {
  const named = flavors.find(
    name => name !== 'python_function' && /^[a-z_]\w*$/i.test(name)
  );
  const module = named ?? 'pyfunc';
  return [
    'import mlflow',
    '',
    `model = mlflow.${module}.load_model(${JSON.stringify(uri)})`
  ].join('\n');
}

function Fields(props: {
  title: string;
  fields: readonly ModelFieldRow[] | null;
}): JSX.Element | null {
  const { title, fields } = props;
  const trans = useTrans();
  return fields && fields.length > 0 ? (
    <Pairs
      title={title}
      pairs={fields.map(({ name, type, is_required }) => [
        name,
        is_required ? type : trans.__('%1, optional', type)
      ])}
    />
  ) : null;
}

function Pairs(props: {
  title: string;
  pairs: readonly (readonly [string, string])[];
}): JSX.Element | null {
  return props.pairs.length === 0 ? null : (
    <div>
      <h3>{props.title}</h3>
      <table className="jp-tracker-pairs">
        <tbody>
          {props.pairs.map(([name, value], i) => (
            <tr key={i}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
