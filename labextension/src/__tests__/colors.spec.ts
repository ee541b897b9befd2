import { expect, test } from 'vitest';

import { ColorModel, PALETTE } from '../models/runs/colors';

const IDS = Array.from({ length: 200 }, (_, i) => `run${i * 7919}`);

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5]
    .map(at => parseInt(color.slice(at, at + 2), 16) / 255)
    .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

test.each(PALETTE)('%s is seen on white and on near-black', color => {
  expect(contrast(color, '#ffffff')).toBeGreaterThan(2.99);
  expect(contrast(color, '#111111')).toBeGreaterThan(2.99);
});

test('a run has the same colour in every model', () => {
  const [a, b] = [new ColorModel(), new ColorModel()];
  expect(IDS.map(id => a.colorOf(id))).toEqual(IDS.map(id => b.colorOf(id)));
  expect(new Set(IDS.map(id => a.colorOf(id))).size).toBe(PALETTE.length);
});

test('compared runs differ in colour as far as there are colours', () => {
  const colors = new ColorModel();
  const compared = IDS.slice(0, PALETTE.length);
  colors.distinguish(compared);
  const used = new Set(compared.map(id => colors.colorOf(id)));
  expect(used.size).toBe(PALETTE.length);
  colors.distinguish(IDS);
});

test('runs near each other in a list differ in colour, the older one keeps its own', () => {
  const colors = new ColorModel();
  const before = colors.colorOf(IDS[199]);
  colors.spread(IDS);
  IDS.forEach((id, at) => {
    const near = IDS.slice(at + 1, at + 4).map(other => colors.colorOf(other));
    expect(near).not.toContain(colors.colorOf(id));
  });
  expect(colors.colorOf(IDS[199])).toBe(before);
});

test('a new run on top changes no colour that was seen', () => {
  const colors = new ColorModel();
  colors.spread(IDS.slice(1));
  const seen = IDS.slice(1).map(id => colors.colorOf(id));
  colors.spread(IDS);
  expect(IDS.slice(1).map(id => colors.colorOf(id))).toEqual(seen);
});

test('moved runs keep their colours over a reload', () => {
  const colors = new ColorModel();
  colors.distinguish(IDS.slice(0, 10));
  const reloaded = new ColorModel();
  reloaded.restore(JSON.parse(JSON.stringify(colors)));
  IDS.forEach(id => expect(reloaded.colorOf(id)).toBe(colors.colorOf(id)));
});

test.each([null, 3, {}, [3], [['a']], [['a', 99]], [['a', 'b']], [[1, 2]]])(
  'what was not kept by us is left out: %j',
  saved => {
    const colors = new ColorModel();
    colors.restore(saved);
    expect(colors.toJSON()).toEqual([]);
  }
);
