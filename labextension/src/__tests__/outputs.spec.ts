import { expect, test } from 'vitest';

import { readOutputs } from '../models/files/outputs';

test('texts, figures and errors of a cell are read in their order', () => {
  const outputs = [
    { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] },
    {
      output_type: 'display_data',
      metadata: {},
      data: {
        'image/png': 'iVBORw0=',
        'text/plain': ['<Figure ', 'size>'],
        'application/vnd.plotly.v1+json': { data: [] }
      }
    },
    { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['a', 'b'] }
  ];
  expect(readOutputs(JSON.stringify(outputs))).toEqual([
    { kind: 'stream', name: 'stdout', text: 'one\ntwo\n' },
    {
      kind: 'data',
      bundle: {
        'image/png': 'iVBORw0=',
        'text/plain': '<Figure size>',
        'application/vnd.plotly.v1+json': { data: [] }
      }
    },
    { kind: 'error', text: 'a\nb' }
  ]);
});

test.each(['', '{', 'null', '3', '[null, 1, {}, {"output_type": "x"}]'])(
  'of %j nothing is drawn',
  text => {
    expect(readOutputs(text)).toEqual([]);
  }
);
