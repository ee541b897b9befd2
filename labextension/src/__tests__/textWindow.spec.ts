import { expect, test } from 'vitest';

import { ApiError } from '../errors';
import type { FilePart } from '../api/files';
import { LONGEST_LINE, splitLines } from '../models/files/lines';
import { CHUNK, KEPT, TextWindow } from '../models/files/textWindow';

const encoder = new TextEncoder();

/** A file on a server that tells which parts were asked for. */
class FakeFile {
  constructor(public text: string) {}

  asked: [number, number][] = [];

  readonly read = (start: number, end: number): Promise<FilePart> => {
    this.asked.push([start, end]);
    const bytes = encoder.encode(this.text);
    return Promise.resolve(
      start >= bytes.length
        ? { bytes: new Uint8Array(), start, size: null }
        : { bytes: bytes.slice(start, end), start, size: bytes.length }
    );
  };
}

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join(
    ''
  );
}

function texts(window: TextWindow): string[] {
  return window.state.lines.map(line => line.text);
}

test('a small file is read at once, and its lines are counted', async () => {
  const window = new TextWindow(new FakeFile('a\r\nb\n\nGrüße').read);
  await window.openStart();
  expect(texts(window)).toEqual(['a', 'b', '', 'Grüße']);
  expect(window.state.lines.map(line => line.number)).toEqual([1, 2, 3, 4]);
  expect(window.state).toMatchObject({ atStart: true, atEnd: true, size: 13 });
});

test('an empty file has no lines and is no failure', async () => {
  const window = new TextWindow(new FakeFile('').read);
  await window.openStart();
  await window.moreBelow();
  expect(window.state).toMatchObject({ lines: [], atEnd: true, error: null });
});

test('of a large log its end is read, then what comes before, without a gap', async () => {
  const file = new FakeFile(numbered(0, 60_000));
  const window = new TextWindow(file.read);
  await window.openEnd();
  expect(texts(window).at(-1)).toBe('line 59999');
  const known = window.state.lines.length;
  expect(known).toBeLessThan(40_000);
  await window.moreAbove();
  expect(window.state.lines.length).toBeGreaterThan(known);
  const first = Number(texts(window)[0].slice(5));
  expect(texts(window)).toEqual(numbered(first, 60_000).trim().split('\n'));
  await window.moreAbove();
  await window.moreAbove();
  expect(window.state.atStart).toBe(true);
  expect(texts(window)[0]).toBe('line 0');
  for (const [start, end] of file.asked) {
    expect(end - start).toBeLessThanOrEqual(CHUNK + 1);
  }
});

test('what is written meanwhile is added, also to a line that had no end', async () => {
  const file = new FakeFile('one\ntw');
  const window = new TextWindow(file.read);
  await window.openEnd();
  expect(texts(window)).toEqual(['one', 'tw']);
  file.text += 'o\nthree\n';
  await window.moreBelow();
  expect(texts(window)).toEqual(['one', 'two', 'three']);
  await window.moreBelow();
  expect(texts(window)).toEqual(['one', 'two', 'three']);
  expect(window.state.lines.map(line => line.number)).toEqual([1, 2, 3]);
});

test('a file that was written anew is read anew', async () => {
  const file = new FakeFile(numbered(0, 100));
  const window = new TextWindow(file.read);
  await window.openEnd();
  file.text = 'again\n';
  await window.moreBelow();
  expect(texts(window)).toEqual(['again']);
});

test('lines far from those that are read are let go of', async () => {
  const file = new FakeFile(`${'x'.repeat(999)}\n`.repeat(8_000));
  const window = new TextWindow(file.read);
  await window.openStart();
  for (let i = 0; i < 30; i++) {
    await window.moreBelow();
  }
  const { lines, atStart, atEnd } = window.state;
  expect([atStart, atEnd]).toEqual([false, true]);
  expect(lines[lines.length - 1].end - lines[0].start).toBeLessThanOrEqual(
    KEPT
  );
  expect(lines[lines.length - 1].number).toBe(8_000);
});

test('a place in the middle is read without what lies before', async () => {
  const file = new FakeFile(numbered(0, 100_000));
  const window = new TextWindow(file.read);
  await window.openStart();
  const offset = file.text.indexOf('line 77777\n');
  await window.openAt(offset);
  const line = window.state.lines.find(({ start }) => start === offset);
  expect(line?.text).toBe('line 77777');
  expect(line?.number).toBeNull();
  const asked = file.asked.length;
  await window.openAt(offset + 1);
  expect(file.asked.length).toBe(asked);
});

test('a failure is told and what was read stays', async () => {
  const file = new FakeFile('a\n');
  let fails = false;
  const window = new TextWindow((start, end) =>
    fails ? Promise.reject(new ApiError('gone', 404)) : file.read(start, end)
  );
  await window.openStart();
  fails = true;
  await window.moreBelow();
  expect(window.state.error?.message).toBe('gone');
  expect(texts(window)).toEqual(['a']);
});

test('a line without end is broken between characters', () => {
  const bytes = encoder.encode('ü'.repeat(LONGEST_LINE));
  const lines = splitLines(bytes, 100, 1);
  expect(lines.map(line => line.text).join('')).toBe('ü'.repeat(LONGEST_LINE));
  expect(lines.map(line => line.number)).toEqual([1, null]);
  expect(lines[0].start).toBe(100);
  expect(lines[1].end).toBe(100 + bytes.length);
});

test('progress bars and colours are shown as in a terminal', () => {
  const text =
    ' 1%\r 50%\r100%\r\n\u001b[31mred\u001b[0m \u001b]0;title\u0007end\n';
  expect(
    splitLines(encoder.encode(text), 0, 1).map(({ text }) => text)
  ).toEqual(['100%', 'red end']);
});
