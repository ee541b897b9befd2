import { describe, expect, it } from 'vitest';

import { asQuery, fromQuery } from '../api/pageAddress';

const opens = (command: string) => command === 'tracker:open-run';

describe('the address of the page', () => {
  it('names the view in front and what it was given', () => {
    const view = { command: 'tracker:open-run', args: { runId: 'abc' } };
    expect(asQuery({ folder: 'a/b', view })).toBe(
      '?folder=a%2Fb&show=open-run&runId=abc'
    );
  });

  it('is empty for the list of the store that the server shows', () => {
    expect(asQuery({ folder: '', view: null })).toBe('');
  });

  it.each([
    { runId: 'abc', folder: '' },
    { runId: '12', folder: 'x' },
    { runId: 'true', folder: 'x' },
    { runId: '"quoted"', folder: 'x' },
    { runIds: ['a', 'b'], folder: 'ä ö&=?' },
    { layout: { open: [1, 2], log: false, none: null }, folder: 'x' }
  ])('leads back to what was given: %j', args => {
    const view = { command: 'tracker:open-run', args };
    const address = { folder: args.folder, view };
    expect(fromQuery(asQuery(address), opens).view).toEqual(view);
  });

  it('opens nothing that is no view', () => {
    expect(fromQuery('?show=delete-runs&runIds=["a"]', opens)).toEqual({
      folder: null,
      view: null
    });
  });
});
