/** What every answer is made of: numbers, errors, text. */

/** JSON has no NaN; the three special floats travel as text. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** `column`: of a filter that cannot be understood, the 1-based place of the offending word. */
export interface ErrorAnswer {
  error_code: string;
  message: string;
  column?: number;
}

/** Return the float that a number on the wire stands for. */
export function toNumber(value: WireNumber): number {
  return typeof value === 'number' ? value : Number(value);
}
