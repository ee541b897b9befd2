import type { IDataConnector } from '@jupyterlab/statedb';

type Listed = { ids: string[]; values: string[] };

/** What the page remembers, in the browser's own storage; apart for each server. */
export class BrowserStorage implements IDataConnector<string> {
  constructor(
    private readonly _storage: Storage,
    private readonly _prefix: string
  ) {}

  async fetch(id: string): Promise<string | undefined> {
    return this._storage.getItem(this._prefix + id) ?? undefined;
  }

  async list(namespace = ''): Promise<Listed> {
    const start = this._prefix + (namespace && `${namespace}:`);
    const keys = Object.keys(this._storage).filter(key =>
      key.startsWith(start)
    );
    return {
      ids: keys.map(key => key.slice(this._prefix.length)),
      values: keys.map(key => this._storage.getItem(key) ?? '')
    };
  }

  async remove(id: string): Promise<void> {
    this._storage.removeItem(this._prefix + id);
  }

  async save(id: string, value: string): Promise<void> {
    this._storage.setItem(this._prefix + id, value);
  }
}
