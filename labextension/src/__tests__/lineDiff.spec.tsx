// @vitest-environment happy-dom

import { render, screen } from '@testing-library/react';
import * as React from 'react';
import { expect, test } from 'vitest';

import { SurroundingsProvider } from '../components/common/context';
import { LineDiff } from '../components/pair/LineDiff';
import { ColorModel } from '../models/runs/colors';
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

test('what was added and what was taken away is said to a screen reader too', () => {
  render(
    <SurroundingsProvider value={{ trans, colors: new ColorModel() }}>
      <LineDiff
        lines={[line('changed', 'rate = 1', 'rate = <b>2</b>')]}
        label="Changes"
        isSplit={false}
      />
    </SurroundingsProvider>
  );
  const group = screen.getByRole('group', { name: 'Changes' });
  expect(group.querySelector('del')?.textContent).toBe('rate = 1');
  expect(group.querySelector('ins')?.textContent).toBe('rate = <b>2</b>');
});
