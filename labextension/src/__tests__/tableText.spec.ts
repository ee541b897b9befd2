import { expect, test } from 'vitest';

import { compareRuns } from '../models/compare/table';
import { toCode, toCsv, toMarkdown } from '../models/compare/tableText';
import { metric, run, trans } from './support';

const RUNS = [
  run('a', {
    run_name: 'deep | wide',
    params: { note: 'say "hi",\nplease', lr: '-0.1' },
    metrics: { loss: metric(0.123456789) }
  }),
  run('b', {
    run_name: '=HYPERLINK("x")',
    params: { lr: '+1' },
    metrics: { loss: metric('NaN') }
  })
];
const SECTIONS = compareRuns(RUNS, {
  trans,
  experiments: new Map(),
  directionOf: () => 'lower',
  baseline: null,
  now: 0,
  facts: null
}).slice(0, 2);

test('Markdown shows the table as it is seen, and nothing in it acts', () => {
  expect(toMarkdown(SECTIONS, RUNS)).toBe(
    [
      '|  | deep \\| wide | =HYPERLINK("x") |',
      '| --- | ---: | ---: |',
      '| lr | -0.1 | +1 |',
      '| note | say "hi", please |  |',
      '| loss | 0.1235 | NaN |',
      ''
    ].join('\n')
  );
});

test('CSV has the exact values, a line a run, and no formulas', () => {
  expect(toCsv(SECTIONS, RUNS)).toBe(
    [
      'run_name,params.lr,params.note,metrics.loss',
      'deep | wide,-0.1,"say ""hi"",\nplease",0.123456789',
      '"\'=HYPERLINK(""x"")",+1,,NaN',
      ''
    ].join('\r\n')
  );
});

test('the code of a cell names the runs', () => {
  expect(toCode(['a1', 'b2'])).toContain(
    `filter_string="attributes.run_id IN ('a1', 'b2')"`
  );
});
