import { z } from 'zod';
import { Judge } from '../evidence.ts';
import { BoardSlug, Revision } from '../ids.ts';
import { Instant } from '../instant.ts';
import { PolicyValues } from '../policy.ts';
import { Host } from '../process.ts';
import { Crash } from './crash.ts';
import { SameError } from './sameError.ts';

const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object({ at: Instant, ...shape }) });
const Why = z.string().max(4000).nullable();

export const BoardCreated = event('BoardCreated', { board: BoardSlug, policy: PolicyValues });
/** Only what changed; `unset` names what is back at its default. */
export const PolicyChanged = event('PolicyChanged', { set: PolicyValues, unset: z.array(z.string()) });
/** `by`: who, as `human:ana`. `cause`: what a watchdog's rule rested on. */
export const BoardPaused = event('BoardPaused', { reason: Why, by: z.string().optional(), cause: SameError.optional() });
export const BoardResumed = event('BoardResumed', { reason: Why, by: z.string().optional() });

export const BoardEvent = z.discriminatedUnion('type', [BoardCreated, PolicyChanged, BoardPaused, BoardResumed]);
export type BoardEvent = z.output<typeof BoardEvent>;

/** On `watchdog-<board>`: who watched when; a hold binds every watchdog of that host. */
const watchdog = { watchdog: z.string(), version: z.string(), ...Host.shape };
export const WatchdogStarted = event('WatchdogStarted', watchdog);
/** `jump_ms`: how far the wall clock ran ahead of the monotonic one (0 when the store was out of reach). `grace_until`: only certain verdicts before. */
export const WatchdogHeld = event('WatchdogHeld', {
  ...watchdog,
  reason: z.enum(['clock_jump', 'store_unreachable', 'behind']),
  jump_ms: z.number(),
  grace_until: Instant.nullable(),
});
export const WatchdogResumed = event('WatchdogResumed', { ...watchdog, held_ms: z.number(), grace_until: Instant });
export const WatchdogEvent = z.discriminatedUnion('type', [WatchdogStarted, WatchdogHeld, WatchdogResumed]);
export type WatchdogEvent = z.output<typeof WatchdogEvent>;

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), at: Instant, ...shape });
export const BoardCommand = z.discriminatedUnion('type', [
  command('CreateBoard', { board: BoardSlug, policy: PolicyValues.default({}) }),
  command('ChangePolicy', { set: PolicyValues.default({}), unset: z.array(z.string()).default([]) }),
  /** `by`: the board says so, from the actor. `cause`: what a watchdog counted, after the BoardResumed of that revision (null: there was none). */
  command('PauseBoard', {
    reason: Why.default(null),
    by: z.string().nullable().default(null),
    cause: z
      .strictObject({ resumed_revision: Revision.nullable(), crashes: z.array(Crash).min(2), judge: Judge })
      .nullable()
      .default(null),
  }),
  command('ResumeBoard', { reason: Why.default(null), by: z.string().nullable().default(null) }),
]);
export type BoardCommand = z.output<typeof BoardCommand>;
type WithoutAt<C> = C extends { at: string } ? Omit<C, 'at'> : never;
export type BoardCommandInput = WithoutAt<z.input<typeof BoardCommand>>;

/** Since when, why, by whom, and what a rule rested on. */
export type Paused = { readonly since: Instant; readonly reason: string | null; readonly by?: string; readonly cause?: SameError };

export type BoardState = {
  readonly board: string;
  readonly exists: boolean;
  readonly created_at: Instant | null;
  readonly policy: PolicyValues;
  /** What the kind of store sets where the board says nothing; never stored. */
  readonly store_policy: PolicyValues;
  readonly paused: Paused | null;
  /** Of the last BoardResumed; null: there was none. */
  readonly resumed_revision: string | null;
  readonly revision: number;
  /** The first event that this version cannot read: every command is refused. */
  readonly unreadable: { readonly revision: string; readonly type: string; readonly why: string } | null;
};
