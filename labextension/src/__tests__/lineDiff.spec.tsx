// @vitest-environment happy-dom

import { render, screen } from '@testing-library/react';
import * as React from 'react';
import { expect, test } from 'vitest';

import { LineDiff, partsOf } from '../components/cells/LineDiff';
import { SurroundingsProvider } from '../components/common/context';
import { ColorModel } from '../models/colors';
import type { LineRow } from '../wire';
import { trans } from './support';

function line(kind: LineRow['kind'], left: string, right = left): LineRow {
  const is_changed = kind === 'changed';
  return {
    kind,
    left: kind === 'added' ? [] : [{ text: left, is_changed }],
    right: kind === 'removed' ? [] : [{ text: right, is_changed }],
    left_number: kind === 'added' ? null : 1,
    right_number: kind === 'removed' ? null : 1
  };
}

test('lines far from any change are counted, not shown', () => {
  const equal = Array.from({ length: 20 }, (_, i) => line('equal', `x${i}`));
  const parts = partsOf([...equal, line('added', '', 'new')]);
  expect(parts[0]).toBe(17);
  expect(parts.length).toBe(1 + 3 + 1);
});

test('lines that replace others stand below them', () => {
  const parts = partsOf([
    line('changed', 'a', 'A'),
    line('changed', 'b', 'B'),
    line('removed', 'c')
  ]);
  const told = parts.map(part =>
    typeof part === 'number' ? part : part.sign + part.segments[0].text
  );
  expect(told).toEqual(['-a', '-b', '+A', '+B', '-c']);
});

test('what was added and what was taken away is said to a screen reader too', () => {
  render(
    <SurroundingsProvider value={{ trans, colors: new ColorModel() }}>
      <LineDiff
        lines={[line('changed', 'rate = 1', 'rate = <b>2</b>')]}
        label="Changes"
      />
    </SurroundingsProvider>
  );
  const table = screen.getByRole('table', { name: 'Changes' });
  expect(table.querySelector('del')?.textContent).toBe('rate = 1');
  expect(table.querySelector('ins')?.textContent).toBe('rate = <b>2</b>');
  expect(table.querySelectorAll('mark').length).toBe(2);
});
