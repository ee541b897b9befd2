import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { expect, test } from 'vitest';

import { toNumber } from '../wire';

const SOURCES = join(__dirname, '..');
const SAMPLES = JSON.parse(
  readFileSync(join(SOURCES, '../../tests/fixtures/wire.json'), 'utf8')
) as Record<string, object>;

/** Return what the compiler says of samples written down as values of the types of wire. */
function complaintsAbout(samples: Record<string, object>): string[] {
  const name = join(SOURCES, '__tests__', 'samples.ts');
  const lines = Object.entries(samples).map(
    ([type, sample]) =>
      `export const a${type}: wire.${type} = ${JSON.stringify(sample)};`
  );
  const text = ["import type * as wire from '../wire';", ...lines].join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    lib: ['lib.es2022.d.ts'],
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === name
      ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022)
      : read(file, ...rest);
  const program = ts.createProgram([name], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, ' ')
    );
}

test('the samples of the wire have the types of wire', () => {
  expect(Object.keys(SAMPLES).length).toBeGreaterThan(5);
  expect(complaintsAbout(SAMPLES)).toEqual([]);
});

test('a field that wire does not know, or misses, is noticed', () => {
  const { files } = SAMPLES.ArtifactsAnswer as { files: unknown };
  const unknown = { ...SAMPLES.ErrorAnswer, colour: 1 };
  expect(
    complaintsAbout({
      ErrorAnswer: unknown,
      ArtifactsAnswer: { files }
    })
  ).toEqual([
    expect.stringContaining('"colour"'),
    expect.stringContaining("'path' is missing")
  ]);
});

test('the three floats that JSON lacks are read as they are meant', () => {
  expect(toNumber('NaN')).toBeNaN();
  expect(toNumber('Infinity')).toBe(Infinity);
  expect(toNumber('-Infinity')).toBe(-Infinity);
  expect(toNumber(0.25)).toBe(0.25);
});
