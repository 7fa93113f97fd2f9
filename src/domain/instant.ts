import { z } from 'zod';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A point in wall-clock time: ISO-8601, UTC, milliseconds. Comparable as text. The one domain file that may touch `Date`. */
export const Instant = z.string().regex(ISO, 'an instant is ISO-8601 in UTC with milliseconds, such as 2026-11-21T09:05:02.118Z');
export type Instant = z.output<typeof Instant>;

/** What was written last: of one command, and of many that come at once, most ask for the same ms. Two: that of a lease and its end. */
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
  // Of whole ms, as the text is: what it stands for must not depend on who wrote it.
  newest = { ms: Math.trunc(ms), text: new Date(ms).toISOString() };
  return newest.text;
};

/** The instant `ms` later (earlier when negative). */
export const plus = (instant: Instant, ms: number): Instant => instantOf(toMs(instant) + ms);

/** ms from `earlier` to `later`; negative when the order is the other way round. */
export const elapsed = (earlier: Instant, later: Instant): number => toMs(later) - toMs(earlier);

export const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** Of what has the form of an instant. */
const isReal = (text: string): boolean => {
  const ms = toMs(text);
  return !ISO.test(text) || (!Number.isNaN(ms) && instantOf(ms) === text);
};

/** An instant that somebody chose: `Date` takes 31 February for 3 March, and takes 25:00 for none. What a clock said needs no such look. */
export const ChosenInstant = Instant.refine(isReal, 'there is no such day or time');
