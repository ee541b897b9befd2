import type { IDataConnector } from '@jupyterlab/statedb';

type Listed = { ids: string[]; values: string[] };

/** What the page remembers, in the browser's own storage; apart for each server. */
export class BrowserStorage implements IDataConnector<string> {
  constructor(
    private readonly _storage: Storage,
    private readonly _prefix: string
  ) {}

  fetch(id: string): Promise<string | undefined> {
    const found = this._storage.getItem(this._prefix + id);
    return Promise.resolve(found ?? undefined);
  }

  list(namespace = ''): Promise<Listed> {
    const start = this._prefix + (namespace && `${namespace}:`);
    const keys = Object.keys(this._storage).filter(key =>
      key.startsWith(start)
    );
    return Promise.resolve({
      ids: keys.map(key => key.slice(this._prefix.length)),
      values: keys.map(key => this._storage.getItem(key) ?? '')
    });
  }

  remove(id: string): Promise<void> {
    this._storage.removeItem(this._prefix + id);
    return Promise.resolve();
  }

  save(id: string, value: string): Promise<void> {
    this._storage.setItem(this._prefix + id, value);
    return Promise.resolve();
  }
}
