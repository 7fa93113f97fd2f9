import { z } from 'zod';
import { durationText } from '../duration.ts';
import { Judge } from '../evidence.ts';
import { elapsed, toMs } from '../instant.ts';
import { POLICY } from '../limits.ts';
import { Sourced } from '../policy.ts';
import { Crash } from './crash.ts';

/** Why a watchdog paused a board: runs that crashed with the same error, and the limits in force. */
export const SameError = z.object({
  rule: z.literal('same_error'),
  fingerprint: z.string(),
  crashes: z.array(Crash).min(2),
  same_error_limit: Sourced,
  same_error_window_ms: Sourced,
  judge: Judge,
});
export type SameError = z.output<typeof SameError>;

/** What happened on a board that bears on the rule, in the order of the log. `revision`: of BoardResumed in the board's own stream. */
export type Told = { readonly position: bigint } & (
  { readonly what: 'crash'; readonly crash: Crash } | { readonly what: 'resumed'; readonly revision: string }
);

/** Crashes since the board was last resumed, oldest first. `position`: of the newest that was told, so that nothing is counted twice. */
export type Recent = { readonly position: bigint; readonly resumed_revision: string | null; readonly crashes: readonly Crash[] };
export const NOTHING_TOLD: Recent = { position: -1n, resumed_revision: null, crashes: [] };

/** How many crashes are kept: the largest limit there is. Older ones can never count. */
export const MOST_TOLD = POLICY.same_error_limit.max;

export const heard = (recent: Recent, told: Told): Recent => {
  const { position } = told;
  if (position <= recent.position) return recent;
  if (told.what === 'resumed') return { position, resumed_revision: told.revision, crashes: [] };
  return { ...recent, position, crashes: [...recent.crashes, told.crash].slice(-MOST_TOLD) };
};

type Limits = { readonly limit: number; readonly window_ms: number };

/** False for a crash of a process that is counted already: one that held several runs crashed once. */
const another = ({ process }: Crash, kept: readonly Crash[]): boolean => process === null || kept.every((other) => other.process !== process);

/**
 * The newest crash with those like it within the window before it, when they are as many as the limit; undefined: they are fewer. Counted in the
 * order of the log, by the time of the events: clocks of two hosts may differ, so a later event may be a little older.
 */
export const sameError = ({ crashes }: Pick<Recent, 'crashes'>, { limit, window_ms }: Limits): readonly Crash[] | undefined => {
  const newest = crashes.at(-1);
  if (limit === 0 || newest === undefined) return undefined;
  const end = toMs(newest.at);
  const within = (apart: number): boolean => apart <= window_ms && apart >= -window_ms;
  const near = (crash: Crash): boolean => crash.fingerprint === newest.fingerprint && within(end - toMs(crash.at));
  const alike = crashes.filter(near).reduce<readonly Crash[]>((kept, crash) => (another(crash, kept) ? [...kept, crash] : kept), []);
  return alike.length < limit ? undefined : alike.slice(-limit);
};

const MOST_NAMED = 5;

/** For people: how many, how close together, what, and which. */
export const sameErrorText = ({ fingerprint, crashes }: Pick<SameError, 'fingerprint' | 'crashes'>): string => {
  const times = crashes.map(({ at }) => at).toSorted();
  const [first = '', last = ''] = [times[0], times.at(-1)];
  const named = crashes.slice(0, MOST_NAMED).map(({ task_id, run }) => `${task_id} run ${run}`);
  const more = crashes.length > MOST_NAMED ? ` and ${crashes.length - MOST_NAMED} more` : '';
  return `${crashes.length} runs within ${durationText(elapsed(first, last))} crashed with the same error “${fingerprint}”: ${named.join(', ')}${more}`;
};
