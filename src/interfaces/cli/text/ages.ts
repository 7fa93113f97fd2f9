import { durationText } from '../../../domain/duration.ts';
import { toMs } from '../../../domain/instant.ts';
import type { Instant } from '../../../domain/instant.ts';

/** A length for people: two units at most, such as `8s`, `15m`, `1h30m`, `3d4h`. */
export const about = (ms: number): string => {
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(size)}ms`;
  const [unit] = [DAY, HOUR, MINUTE].filter((candidate) => size >= candidate);
  const grain = unit === DAY ? HOUR : unit === HOUR ? MINUTE : 1000;
  return durationText(Math.round(size / grain) * grain);
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2026-11-21 09:05:02 UTC (3m ago)`, `… (in 15m)` */
export const withAge = (instant: Instant, now: number): string => `${instant.slice(0, 10)} ${timeText(instant)} (${age(instant, now)})`;

/** `09:05:02 UTC`, of an instant that is near. */
export const timeText = (instant: Instant): string => `${instant.slice(11, 19)} UTC`;

/** `3m ago`, `in 15m` */
export const age = (instant: Instant, now: number): string => {
  const ms = toMs(instant) - now;
  return ms > 0 ? `in ${about(ms)}` : `${about(ms)} ago`;
};
