import type { TranslationBundle } from '@jupyterlab/translation';

import type { RunStatus } from './wire';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Return a number short enough for a cell: about `digits` significant digits. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e7) {
    return String(value);
  }
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) {
    return value.toExponential(digits - 2).replace('e+', 'e');
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, digits + 2));
}

/** Return the values as short as they can be while different ones still look different. */
export function formatAlike(values: readonly (number | undefined)[]): string[] {
  const different = new Set(values).size;
  let texts: string[] = [];
  for (let digits = 4; digits <= 17; digits++) {
    texts = values.map(value =>
      value === undefined ? '' : formatNumber(value, digits)
    );
    if (new Set(texts).size === different) {
      return texts;
    }
  }
  return texts;
}

/** Return how long something took. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) {
    return `${Math.max(0, Math.round(ms))} ms`;
  }
  if (ms < 10 * SECOND) {
    return `${(ms / SECOND).toFixed(1)} s`;
  }
  if (ms < MINUTE) {
    return `${Math.floor(ms / SECOND)} s`;
  }
  if (ms < HOUR) {
    return `${Math.floor(ms / MINUTE)}m ${pad(Math.floor((ms % MINUTE) / SECOND))}s`;
  }
  if (ms < DAY) {
    return `${Math.floor(ms / HOUR)}h ${pad(Math.floor((ms % HOUR) / MINUTE))}m`;
  }
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** Return how long ago a moment was, in words. */
export function formatAge(
  time: number,
  now: number,
  trans: TranslationBundle
): string {
  const ms = now - time;
  if (ms < 10 * SECOND) {
    return trans.__('just now');
  }
  if (ms < MINUTE) {
    return trans.__('%1 s ago', Math.floor(ms / (10 * SECOND)) * 10);
  }
  if (ms < HOUR) {
    return trans.__('%1 min ago', Math.floor(ms / MINUTE));
  }
  if (ms < DAY) {
    return trans.__('%1 h ago', Math.floor(ms / HOUR));
  }
  if (ms < 30 * DAY) {
    const days = Math.floor(ms / DAY);
    return trans._n('%1 day ago', '%1 days ago', days);
  }
  return new Date(time).toLocaleDateString();
}

/** Return a date and time of day as the person's locale writes it. */
export function formatTime(time: number): string {
  return new Date(time).toLocaleString();
}

/** Return the name of a state. */
export function statusName(
  status: RunStatus,
  trans: TranslationBundle
): string {
  switch (status) {
    case 'RUNNING':
      return trans.__('Running');
    case 'SCHEDULED':
      return trans.__('Scheduled');
    case 'FINISHED':
      return trans.__('Finished');
    case 'FAILED':
      return trans.__('Failed');
    case 'KILLED':
      return trans.__('Killed');
    default:
      return status;
  }
}

/** Return a file's size. */
export function formatBytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
