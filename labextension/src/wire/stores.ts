/** Which stores there are to choose from, and opening another one. */

/** Our own store, a folder of MLflow's, its database (only read), or a tracking server. */
export type StoreKind = 'tracker' | 'mlruns' | 'mlflow' | 'server';

/** A store that may be looked at; `folder` is what every other route takes to mean it. */
export interface StoreChoiceRow {
  folder: string;
  name: string;
  kind: StoreKind;
  place: string;
  uri: string;
}

/** `beyond`: whether stores outside of the server's root, and servers, may be opened. */
export interface StoresAnswer {
  here: StoreChoiceRow;
  found: StoreChoiceRow[];
  recent: StoreChoiceRow[];
  searching: boolean;
  beyond: boolean;
}

/** `location`: a path (from the server's root, or absolute), or the URL of a server. */
export interface OpenStoreRequest {
  location: string;
}

export interface OpenStoreAnswer {
  store: StoreChoiceRow;
}

export interface ForgetStoreRequest {
  folder: string;
}

export interface ForgetStoreAnswer {
  recent: StoreChoiceRow[];
}
