import { expect, test, vi } from 'vitest';

import { answer, bounded, type Document } from '../plugins/saving';

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: 'markdown', source: '# Study' },
    {
      cell_type: 'code',
      source: 'x = 1',
      outputs: [{ text: 'long'.repeat(50) }]
    }
  ]
};

function asked(
  state: { dirty: boolean; writable: boolean; collaborative?: boolean },
  limit?: number
) {
  const said: unknown[] = [];
  const document = {
    model: {
      toJSON: () => notebook,
      dirty: state.dirty,
      collaborative: state.collaborative ?? false
    },
    contentsModel: { writable: state.writable },
    save: vi.fn(() => Promise.resolve(void said.push('saved')))
  };
  const comm = {
    send: (data: unknown) => {
      said.push(data);
      return { done: Promise.resolve() };
    },
    close: () => said.push('closed')
  };
  const question = { content: { data: limit === undefined ? {} : { limit } } };
  const done = answer(
    comm as never,
    question as never,
    document as unknown as Document
  );
  return { done, said, document };
}

test('the kernel gets the notebook before it is saved', async () => {
  const { done, said } = asked({ dirty: true, writable: true });
  await done;
  expect(said).toEqual([{ notebook }, 'closed', 'saved']);
});

test.each([
  { dirty: false, writable: true },
  { dirty: true, writable: false },
  { dirty: true, writable: true, collaborative: true }
])('nothing is saved that need not or may not be: %o', async state => {
  const { done, said } = asked(state);
  await done;
  expect(said).toEqual([{ notebook }, 'closed']);
});

test('the outputs of a very long notebook stay where they are', async () => {
  const { done, said } = asked({ dirty: false, writable: true }, 200);
  await done;
  const [first] = said as { notebook: typeof notebook }[];
  expect(first.notebook.cells.map(cell => cell.source)).toEqual([
    '# Study',
    'x = 1'
  ]);
  expect(first.notebook.cells[1].outputs).toEqual([]);
  expect(bounded(notebook, 10_000)).toBe(notebook);
});
