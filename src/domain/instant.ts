import { z } from 'zod';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A point in wall-clock time: ISO-8601, UTC, milliseconds. Comparable as text. The one domain file that may touch `Date`. */
export const Instant = z.string().regex(ISO, 'an instant is ISO-8601 in UTC with milliseconds, such as 2026-11-21T09:05:02.118Z');
export type Instant = z.output<typeof Instant>;

/** The two instants made last, kept because one command, or many at once, mostly ask for the same ms: that of now, and that of the end of a lease. */
let newest = { ms: 0, text: '1970-01-01T00:00:00.000Z' };
let older = newest;

/** ms since the Unix epoch. */
export const toMs = (instant: Instant): number => {
  if (instant === newest.text) return newest.ms;
  return instant === older.text ? older.ms : Date.parse(instant);
};

/** The instant `ms` after the Unix epoch. */
export const instantOf = (ms: number): Instant => {
  if (ms === newest.ms) return newest.text;
  if (ms === older.ms) return older.text;
  older = newest;
  // Cut to whole ms, as the text is: what an instant reads back as must not depend on whether it is still in this cache.
  newest = { ms: Math.trunc(ms), text: new Date(ms).toISOString() };
  return newest.text;
};

/** The instant `ms` later (earlier when negative). */
export const plus = (instant: Instant, ms: number): Instant => instantOf(toMs(instant) + ms);

/** ms from `earlier` to `later`; negative when the order is the other way round. */
export const elapsed = (earlier: Instant, later: Instant): number => toMs(later) - toMs(earlier);

export const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** Whether the calendar and the clock know it. What does not even have the form passes here: the pattern refuses it already. */
const isReal = (text: string): boolean => {
  const ms = toMs(text);
  return !ISO.test(text) || (!Number.isNaN(ms) && instantOf(ms) === text);
};

/** An instant that a person or program chose, so it may not exist: `Date` takes 31 February for 3 March. One that a clock gave need not be checked. */
export const ChosenInstant = Instant.refine(isReal, 'there is no such day or time');
