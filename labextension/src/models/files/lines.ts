/** A line of a file, or a piece of one that is too long to be shown as one. */
export interface Line {
  readonly text: string;
  /** Its first byte, and the byte after its last. */
  readonly start: number;
  readonly end: number;
  /** Its number from 1; null where nobody counted, or it is the rest of a line. */
  readonly number: number | null;
}

/** Bytes of a line after which it is broken. */
export const LONGEST_LINE = 4_000;

const NEWLINE = 10;
const decoder = new TextDecoder('utf-8');
/** What colours text in terminals, and moves their cursor. */
const ESCAPES = new RegExp(
  String.raw`\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)`,
  'g'
);

/** Return the lines in `bytes`, which begin at the byte `start` of a file. */
export function splitLines(
  bytes: Uint8Array,
  start: number,
  number: number | null
): Line[] {
  const lines: Line[] = [];
  let begin = 0;
  let next = number;
  while (begin < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, begin);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(...pieces(bytes, begin, end, start, next));
    next = next === null ? null : next + 1;
    begin = end;
  }
  return lines;
}

function pieces(
  bytes: Uint8Array,
  begin: number,
  end: number,
  start: number,
  number: number | null
): Line[] {
  const found: Line[] = [];
  let from = begin;
  while (from < end) {
    const to =
      end - from > LONGEST_LINE
        ? wholeCharacters(bytes, from + LONGEST_LINE)
        : end;
    found.push({
      text: shown(bytes.subarray(from, to)),
      start: start + from,
      end: start + to,
      number: from === begin ? number : null
    });
    from = to;
  }
  return found;
}

/** Return the nearest place, not behind `index`, at which no character of UTF-8 is cut. */
export function wholeCharacters(bytes: Uint8Array, index: number): number {
  for (let i = index; i > Math.max(0, index - 4); i--) {
    if (i >= bytes.length || (bytes[i] & 0xc0) !== 0x80) {
      return i;
    }
  }
  return index;
}

/** A progress bar writes its line again and again: the last time counts, as in a terminal. */
function shown(bytes: Uint8Array): string {
  const text = decoder.decode(bytes).replace(/\r?\n$/, '');
  const plain = text.replace(ESCAPES, '');
  const last = plain.replace(/\r+$/, '').lastIndexOf('\r');
  return last < 0 ? plain.replace(/\r+$/, '') : plain.slice(last + 1);
}

/** Return the place after the last newline; 0 where there is none. */
export function afterLastNewline(bytes: Uint8Array): number {
  return bytes.lastIndexOf(NEWLINE) + 1;
}

/** Return the place after the first newline; 0 where there is none. */
export function afterFirstNewline(bytes: Uint8Array): number {
  return bytes.indexOf(NEWLINE) + 1;
}
