import * as React from 'react';

import type { AgainModel } from '../../models/cells/again';
import type { ParameterRow, PlanAnswer } from '../../wire';
import { useSignal, useTrans } from '../common/context';
import { Icon } from '../common/icons';
import { EmptyState, ErrorBar } from '../common/message';

/** What is asked before a run is run again, or verified. */
export function AgainForm({ model }: { model: AgainModel }): JSX.Element {
  useSignal(model.changed);
  const trans = useTrans();
  const { plan, failure } = model;
  if (failure) {
    return (
      <ErrorBar
        message={failure.message}
        action={trans.__('Try again')}
        onAction={() => void model.load()}
      />
    );
  }
  if (!plan) {
    return <EmptyState title={trans.__('Working out what would run…')} />;
  }
  return (
    <div className="jp-tracker-again">
      {model.kind === 'run' && (
        <>
          <Field label={trans.__('Name of the new run')}>
            {id => (
              <input
                id={id}
                className="jp-tracker-input"
                value={model.runName}
                onChange={event => model.setRunName(event.target.value)}
              />
            )}
          </Field>
          <Parameters model={model} plan={plan} />
        </>
      )}
      <EnvironmentField model={model} />
      {(plan.remarks.length > 0 || plan.questions.length > 0) && (
        <Notes model={model} plan={plan} />
      )}
      <Executed plan={plan} />
      {!plan.is_trusted && <Agreement model={model} />}
    </div>
  );
}

function Parameters(props: {
  model: AgainModel;
  plan: PlanAnswer;
}): JSX.Element {
  const { model, plan } = props;
  const trans = useTrans();
  return (
    <fieldset>
      <legend>{trans.__('Params')}</legend>
      {plan.parameters.length === 0 && (
        <p className="jp-tracker-nothing">
          {trans.__(
            'No value in the code could be a param: it runs as it did. Give a value a name, as in “rate = 0.1”, to vary it.'
          )}
        </p>
      )}
      {plan.parameters.map(parameter => (
        <ParameterField
          key={parameter.name}
          model={model}
          parameter={parameter}
        />
      ))}
    </fieldset>
  );
}

function ParameterField(props: {
  model: AgainModel;
  parameter: ParameterRow;
}): JSX.Element {
  const { model, parameter } = props;
  const { name, type, description } = parameter;
  const trans = useTrans();
  const value = model.valueOf(name);
  const before = parameter.value ?? parameter.default;
  const complaint = model.complaint(parameter);
  const isShown = complaint !== '' && (model.isChecked || value !== '');
  const hints = [
    description,
    before !== null && value !== before ? trans.__('it was %1', before) : ''
  ].filter(Boolean);
  return (
    <Field label={name} type={type}>
      {id => (
        <>
          <input
            id={id}
            className="jp-tracker-input"
            value={value}
            spellCheck={false}
            inputMode={/^(int|float)$/.test(type) ? 'decimal' : undefined}
            aria-invalid={isShown}
            aria-describedby={`${id}-about`}
            data-changed={value !== before}
            onChange={event => model.setValue(name, event.target.value)}
          />
          <small id={`${id}-about`} role={isShown ? 'alert' : undefined}>
            {isShown ? complaint : hints.join('; ')}
          </small>
        </>
      )}
    </Field>
  );
}

function EnvironmentField({ model }: { model: AgainModel }): JSX.Element {
  const trans = useTrans();
  const names: Record<string, string> = {
    local: trans.__('The one that this Jupyter server runs in'),
    uv: trans.__('A new one with the packages that the run had (uv)'),
    virtualenv: trans.__('A new one with those packages (virtualenv)'),
    conda: trans.__('A new one with those packages (conda)'),
    docker: trans.__('The container that the project names (docker)')
  };
  const usual = ['local', 'uv', model.plan?.env_manager ?? 'uv'];
  const offered = [...new Set(usual)].filter(name => name in names);
  return (
    <Field label={trans.__('Environment')}>
      {id => (
        <select
          id={id}
          className="jp-tracker-select"
          value={model.envManager}
          onChange={event => model.setEnvManager(event.target.value)}
        >
          {offered.map(name => (
            <option key={name} value={name}>
              {names[name]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What to know beforehand, and what may be copied if somebody says so. */
function Notes(props: { model: AgainModel; plan: PlanAnswer }): JSX.Element {
  const { model, plan } = props;
  const trans = useTrans();
  return (
    <div className="jp-tracker-again-notes">
      <ul>
        {plan.remarks.map(text => (
          <li key={text}>{text}</li>
        ))}
        {plan.questions.map(text => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {plan.questions.length > 0 && (
        <label>
          <input
            type="checkbox"
            checked={model.copyLarge}
            onChange={event => model.setCopyLarge(event.target.checked)}
          />
          {trans.__('Copy large data for it')}
        </label>
      )}
    </div>
  );
}

function Executed({ plan }: { plan: PlanAnswer }): JSX.Element {
  const trans = useTrans();
  return (
    <details open={!plan.is_trusted}>
      <summary>{trans.__('What will be executed')}</summary>
      <pre tabIndex={0}>{plan.description}</pre>
      {plan.code !== null && (
        <pre tabIndex={0} aria-label={trans.__('The program')}>
          {plan.code}
        </pre>
      )}
    </details>
  );
}

/** Code that somebody else may have put into the store runs only when it was looked at. */
function Agreement({ model }: { model: AgainModel }): JSX.Element {
  const trans = useTrans();
  const isMissing = model.isChecked && !model.agreed;
  return (
    <div className="jp-tracker-again-agreement">
      <p>
        <Icon name="warning" size={14} />
        {trans.__(
          'This code was not recorded by you, as far as can be told: it may come with a store from somebody else. It can do on this machine whatever you can do.'
        )}
      </p>
      <label>
        <input
          type="checkbox"
          checked={model.agreed}
          aria-invalid={isMissing}
          onChange={event => model.setAgreed(event.target.checked)}
        />
        {trans.__('I have read what will be executed, and want to run it')}
      </label>
      {isMissing && (
        <small role="alert">
          {trans.__('Tick this if you want it to be run.')}
        </small>
      )}
    </div>
  );
}

function Field(props: {
  label: string;
  type?: string;
  children: (id: string) => React.ReactNode;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-tracker-again-field">
      <label htmlFor={id}>
        {props.label}
        {props.type && <code>{props.type}</code>}
      </label>
      <div>{props.children(id)}</div>
    </div>
  );
}
