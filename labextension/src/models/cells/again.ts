import { ISignal, Signal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, asApiError } from '../../errors';
import type { ILinksApi } from '../../api/links';
import type { JobRequest, ParameterRow, PlanAnswer } from '../../wire';

/** What a person fills in before a run is run again, or verified. */
export class AgainModel {
  constructor(
    private readonly _api: Pick<ILinksApi, 'plan'>,
    private readonly _trans: TranslationBundle,
    readonly kind: JobRequest['kind'],
    readonly folder: string,
    readonly runId: string,
    public runName: string
  ) {}

  /** Emitted when something is other than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What would be executed; null until it is known. */
  get plan(): PlanAnswer | null {
    return this._plan;
  }

  get failure(): ApiError | null {
    return this._failure;
  }

  get envManager(): string {
    return this._envManager;
  }

  get agreed(): boolean {
    return this._agreed;
  }

  get copyLarge(): boolean {
    return this._copyLarge;
  }

  /** Whether what is missing or wrong is to be shown. */
  get isChecked(): boolean {
    return this._isChecked;
  }

  /** Work out what would be executed. */
  async load(): Promise<void> {
    const { folder } = this;
    const copy_large = this._copyLarge;
    this._failure = null;
    try {
      const plan = await this._api.plan(this.runId, { folder, copy_large });
      this._plan = plan;
      // A clean environment is what a proof is about.
      this._envManager ||= this.kind === 'verify' ? 'uv' : plan.env_manager;
      for (const { name, value, default: usual } of plan.parameters) {
        if (!this._values.has(name)) {
          this._values.set(name, value ?? usual ?? '');
        }
      }
    } catch (error) {
      this._failure = asApiError(error);
    }
    this._changed.emit();
  }

  /** Return the text of a parameter as it stands. */
  valueOf(name: string): string {
    return this._values.get(name) ?? '';
  }

  setValue(name: string, value: string): void {
    this._values.set(name, value);
    this._changed.emit();
  }

  setRunName(name: string): void {
    this.runName = name;
    this._changed.emit();
  }

  setEnvManager(manager: string): void {
    this._envManager = manager;
    this._changed.emit();
  }

  setAgreed(agreed: boolean): void {
    this._agreed = agreed;
    this._changed.emit();
  }

  /** What is copied along is a part of what is run: it is worked out anew. */
  setCopyLarge(copyLarge: boolean): void {
    this._copyLarge = copyLarge;
    this._agreed = false;
    this._changed.emit();
    void this.load();
  }

  /** Return what is wrong with a parameter's text, '' where nothing is. */
  complaint(parameter: ParameterRow): string {
    const text = this.valueOf(parameter.name).trim();
    const trans = this._trans;
    if (text === '' && parameter.default === null) {
      return trans.__('A value is needed.');
    }
    if (parameter.type === 'int' && !/^[-+]?\d[\d_]*$/.test(text)) {
      return trans.__('A whole number is needed.');
    }
    if (parameter.type === 'float' && !isFloat(text)) {
      return trans.__('A number is needed.');
    }
    if (parameter.type === 'bool' && !/^(true|false)$/i.test(text)) {
      return trans.__('True or False is needed.');
    }
    return '';
  }

  /** Whether it can be started as it stands; what is wrong is shown from now on. */
  check(): boolean {
    this._isChecked = true;
    this._changed.emit();
    const { plan } = this;
    return (
      plan !== null &&
      this._failure === null &&
      (plan.is_trusted || this._agreed) &&
      (this.kind === 'verify' ||
        plan.parameters.every(each => this.complaint(each) === ''))
    );
  }

  /** Return what starts it. */
  request(): JobRequest {
    const { folder, kind, plan } = this;
    const common = {
      folder,
      kind,
      content: plan?.content ?? '',
      agreed: this._agreed,
      env_manager: this._envManager,
      copy_large: this._copyLarge
    };
    return kind === 'verify'
      ? common
      : {
          ...common,
          run_name: this.runName.trim(),
          parameters: Object.fromEntries(
            (plan?.parameters ?? []).map(({ name }) => [
              name,
              this.valueOf(name)
            ])
          )
        };
  }

  private _plan: PlanAnswer | null = null;
  private _failure: ApiError | null = null;
  private _envManager = '';
  private _agreed = false;
  private _copyLarge = false;
  private _isChecked = false;
  private readonly _values = new Map<string, string>();
  private readonly _changed = new Signal<this, void>(this);
}

function isFloat(text: string): boolean {
  const isNumber = text !== '' && Number.isFinite(Number(text));
  return isNumber || /^[-+]?(inf|infinity|nan)$/i.test(text);
}
