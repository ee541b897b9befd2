/** Keys are given to commands in the schema of the settings: every one must be a command. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, test } from 'vitest';

import { CommandIDs } from '../commands';

interface Schema {
  'jupyter.lab.shortcuts': { command: string; keys: string[] }[];
}

test('keys are given to commands that there are', () => {
  const path = resolve(__dirname, '../../schema/plugin.json');
  const schema = JSON.parse(readFileSync(path, 'utf-8')) as Schema;
  const shortcuts = schema['jupyter.lab.shortcuts'];
  expect(shortcuts.length).toBeGreaterThan(10);
  const known = new Set<string>(Object.values(CommandIDs));
  expect(shortcuts.filter(({ command }) => !known.has(command))).toEqual([]);
});

test('no two commands have the same id', () => {
  const ids = Object.values(CommandIDs);
  expect(new Set(ids).size).toBe(ids.length);
});
