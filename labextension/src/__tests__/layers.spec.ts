/** Imports point downward only: the order of the folders is the architecture of the panel. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';

import { expect, it } from 'vitest';

const SOURCE = resolve(__dirname, '..');

/** From above to below; what stands side by side knows nothing of each other. */
const LAYERS = [
  ['page'],
  ['index'],
  ['plugins'],
  ['panels'],
  ['components', 'tokens'],
  ['models'],
  ['api', 'filter'],
  ['commands', 'errors', 'format', 'icons'],
  ['wire']
];
const COMPONENTS = [
  ['compare', 'run', 'runs', 'stores', 'cells'],
  ['artifacts', 'pair', 'relations'],
  ['charts'],
  ['common']
];
const MODELS = [
  ['views', 'list', 'cells'],
  ['compare'],
  ['pair', 'run'],
  ['charts', 'files'],
  ['runs'],
  ['saved']
];

/** What a file imports from this project, as paths below a folder; `import()` and types too. */
function* imports(folder: string): Generator<[string, string]> {
  for (const name of readdirSync(folder, {
    recursive: true,
    encoding: 'utf-8'
  })) {
    if (!/\.tsx?$/.test(name) || name.startsWith('__tests__')) {
      continue;
    }
    const path = join(folder, name);
    const text = readFileSync(path, 'utf-8');
    for (const [, target] of text.matchAll(
      /(?:from|import)\s*\(?\s*'(\.[^']*)'/g
    )) {
      yield [name, relative(folder, resolve(dirname(path), target))];
    }
  }
}

/** Return the part of the project that a path is in. */
function partOf(path: string): string {
  const first = path.split(sep)[0];
  return first.slice(0, first.length - extname(first).length);
}

function upward(folder: string, layers: string[][]): string[] {
  const rank = new Map(
    layers.flatMap((layer, at) => layer.map(part => [part, at] as const))
  );
  const found: string[] = [];
  for (const [name, target] of imports(folder)) {
    const [from, to] = [partOf(name), partOf(target)];
    if (from === to || target.startsWith('..')) {
      continue;
    }
    const [above, below] = [rank.get(from), rank.get(to)];
    if (above === undefined || below === undefined || above >= below) {
      found.push(`${name} imports ${target}`);
    }
  }
  return found;
}

it('imports point downward between the parts of the panel', () => {
  expect([...imports(SOURCE)].length).toBeGreaterThan(500);
  expect(upward(SOURCE, LAYERS)).toEqual([]);
});

it('imports point downward between the models', () => {
  expect([...imports(join(SOURCE, 'models'))].length).toBeGreaterThan(200);
  expect(upward(join(SOURCE, 'models'), MODELS)).toEqual([]);
});

it('imports point downward between the components', () => {
  expect(upward(join(SOURCE, 'components'), COMPONENTS)).toEqual([]);
});
