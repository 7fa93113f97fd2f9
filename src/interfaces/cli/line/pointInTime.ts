import { instantOf, toMs } from '../../../domain/instant.ts';
import { UsageError } from '../errors.ts';

const FORM = 'a time with its zone, such as 2026-11-22T06:00:00Z or 2026-11-22T08:00+02:00';
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** Whether the day a time begins with is in the calendar: `Date.parse` takes 31 February for 3 March. */
export const isDay = (text: string): boolean => {
  const day = text.slice(0, 10);
  const ms = toMs(`${day}T00:00:00.000Z`);
  return !Number.isNaN(ms) && instantOf(ms).startsWith(day);
};

/** A time that a task is to wait for, with its zone, because the same time of day is another instant elsewhere. @throws UsageError */
export const zonedTime = (option: string, text: string): string => {
  const ms = ZONED.test(text) && isDay(text) ? toMs(text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
  if (Number.isNaN(ms)) throw new UsageError(`${option} ‘${text}’ is not allowed: it takes ${FORM}`, { option, value: text, allowed: FORM });
  return instantOf(ms);
};
