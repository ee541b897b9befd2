import { formatNumber } from '../../format';
import type { Span } from '../../models/charts/chartLinks';
import type { Scale } from './scale';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between ticks that are read easily, in ms. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(n => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 6, 12].map(n => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map(n => n * DAY)
];
/** Four digits are read as easily as one and a letter. */
const UNITS = [
  { least: 1e12, unit: 1e12, letter: 'T' },
  { least: 1e9, unit: 1e9, letter: 'G' },
  { least: 1e6, unit: 1e6, letter: 'M' },
  { least: 1e4, unit: 1e3, letter: 'k' },
  { least: 0, unit: 1, letter: '' }
];
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A mark on an axis. */
export interface Tick {
  readonly value: number;
  /** Empty where there is no room for words. */
  readonly label: string;
}

/** Return about `count` marks inside the span of a scale. */
export function ticksOf(scale: Scale, count: number): Tick[] {
  const { kind, span } = scale;
  const wanted = Math.max(2, count);
  switch (kind) {
    case 'log':
      return logTicks(span, wanted);
    case 'date':
      return timeTicks(span, wanted, dateOffset(span[0]), dateLabel);
    case 'duration':
      return timeTicks(span, wanted, 0, durationLabel);
    default:
      return linearTicks(span, wanted);
  }
}

/** Return a number as it stands beside an axis whose marks are `step` apart. */
export function tickLabel(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (value === 0) {
    return '0';
  }
  if (size >= 1e15 || size < 1e-4) {
    return value.toExponential(digits(step / 10 ** exponentOf(value)));
  }
  const { unit, letter } = UNITS.find(({ least }) => size >= least)!;
  return `${(value / unit).toFixed(digits(step / unit))}${letter}`;
}

function linearTicks([low, high]: Span, count: number): Tick[] {
  const rough = (high - low) / count;
  const power = 10 ** exponentOf(rough);
  const step = [1, 2, 5, 10].find(n => n * power >= rough * 0.999)! * power;
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high; i++) {
    // Many times a rounded step is no round number: 3 * 0.1.
    const value = Number((i * step).toPrecision(12));
    ticks.push({ value, label: tickLabel(value, step) });
  }
  return ticks;
}

/** Powers of ten; where there are few, also what lies between them. */
function logTicks(span: Span, count: number): Tick[] {
  const low = Math.floor(Math.log10(span[0]));
  const high = Math.ceil(Math.log10(span[1]));
  const decades = high - low;
  const every = Math.max(1, Math.ceil(decades / count));
  const between = decades <= 2 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = low; power <= high; power++) {
    const hasWords = (power - low) % every === 0;
    for (const n of between) {
      const value = Number(`${n}e${power}`);
      if (value >= span[0] && value <= span[1]) {
        ticks.push({ value, label: hasWords ? powerLabel(n, power) : '' });
      }
    }
  }
  return ticks.length > 1 ? ticks : linearTicks(span, count);
}

function timeTicks(
  [low, high]: Span,
  count: number,
  offset: number,
  label: (value: number, step: number) => string
): Tick[] {
  const rough = (high - low) / count;
  const step =
    TIME_STEPS.find(one => one >= rough) ??
    Math.ceil(rough / (365 * DAY)) * 365 * DAY;
  const ticks: Tick[] = [];
  const first = Math.ceil((low - offset) / step) * step + offset;
  for (let value = first; value <= high; value += step) {
    ticks.push({ value, label: label(value, step) });
  }
  return ticks;
}

/** Return how far midnight of the person's time zone is from that of UTC, in ms. */
function dateOffset(time: number): number {
  return new Date(time).getTimezoneOffset() * MINUTE;
}

function dateLabel(value: number, step: number): string {
  const date = new Date(value);
  const isMidnight = (value - dateOffset(value)) % DAY === 0;
  if (step >= DAY || isMidnight) {
    return date.toLocaleDateString(undefined, {
      month: 'short',
      day: 'numeric'
    });
  }
  const time = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: step < MINUTE ? '2-digit' : undefined,
    hourCycle: 'h23'
  });
  return step < SECOND ? `${time}.${pad(value % SECOND, 3)}` : time;
}

function durationLabel(value: number, step: number): string {
  if (value === 0) {
    return '0';
  }
  if (step < SECOND) {
    return `${formatNumber(value / SECOND)} s`;
  }
  if (step < MINUTE && value < MINUTE) {
    return `${value / SECOND} s`;
  }
  if (value < HOUR) {
    const seconds = (value % MINUTE) / SECOND;
    const minutes = Math.floor(value / MINUTE);
    return seconds ? `${minutes}:${pad(seconds)}` : `${minutes} min`;
  }
  if (value < DAY || step < DAY) {
    const minutes = Math.round((value % HOUR) / MINUTE);
    const hours = Math.floor(value / HOUR);
    return minutes ? `${hours}:${pad(minutes)} h` : `${hours} h`;
  }
  return `${Math.round(value / DAY)} d`;
}

function powerLabel(n: number, power: number): string {
  if (power >= -3 && power <= 4) {
    return tickLabel(Number(`${n}e${power}`), Number(`1e${power}`));
  }
  const digitsUp = [...String(Math.abs(power))].map(
    digit => SUPERSCRIPTS[Number(digit)]
  );
  const sign = power < 0 ? '⁻' : '';
  return `${n === 1 ? '' : `${n}·`}10${sign}${digitsUp.join('')}`;
}

function exponentOf(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)) + 1e-9);
}

/** Return how many decimals tell marks so far apart from one another. */
function digits(step: number): number {
  return Math.min(12, Math.max(0, -exponentOf(step)));
}

function pad(value: number, length = 2): string {
  return String(Math.floor(value)).padStart(length, '0');
}
