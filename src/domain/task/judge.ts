import { instantOf, toMs, type Instant } from '../instant.ts';
import { extended } from '../lease.ts';
import type { ReclaimReason } from '../outcomes.ts';
import type { PolicyKey, PolicyLayers } from '../policy.ts';
import { NOT_LOOKED } from '../process.ts';
import type { Revocation, RunningTask } from './state.ts';
import { AT_ONCE, beatDiscount, deathSettled, factsFor, later, unseen, VERDICTS, type Facts, type Row, type Sight, type Times } from './verdicts.ts';

/** `look_again_at`: when this run could be judged otherwise although its processes stay as they are, later than now; null: at no time known here. */
export type Verdict =
  | { readonly kind: 'none'; readonly look_again_at: Instant | null }
  | { readonly kind: 'extend'; readonly claim_expires: Instant; readonly uses: readonly PolicyKey[]; readonly due_at: Instant }
  | {
      readonly kind: 'end';
      readonly reason: ReclaimReason;
      /** For people: what was the case. */
      readonly rule: string;
      readonly uses: readonly PolicyKey[];
      /** When it became due; null: at once. */
      readonly due_at: Instant | null;
      /** Ends a revocation: there is nothing left to stop, or nobody who could. `confirmed`: the process was seen gone. */
      readonly finishes: { readonly confirmed: boolean } | null;
    };

/** How long after SIGKILL the supervisor may take to report before the watchdog of its host, or whoever else can, ends the revocation (rule 5). */
const RESULT_MS = 5000;

const instantOrNull = (ms: number): Instant | null => (Number.isFinite(ms) ? instantOf(ms) : null);
const earliestOf = (times: readonly number[]): number => times.reduce((a, b) => (a < b ? a : b), Infinity);

const timesOf = ({ claimed_at, claim_expires, last_beat, progress_since }: RunningTask['run']): Times => ({
  claimed_at: toMs(claimed_at),
  claim_expires: toMs(claim_expires),
  last_heartbeat_at: last_beat === null ? null : toMs(last_beat.at),
  progress_since: progress_since === null ? null : toMs(progress_since.at),
});

const extension = ({ run }: RunningTask, { sight, limit }: Facts): Instant =>
  extended({
    claim_expires: run.claim_expires,
    at: sight.now,
    lease_ms: run.lease_ms,
    last_heartbeat_at: run.last_beat?.at ?? null,
    heartbeat_max_stale_ms: limit('heartbeat_max_stale_ms'),
    discounted_ms: beatDiscount(sight),
  }).claim_expires;

const verdictOf = (task: RunningTask, { verdict, uses, rule, due }: Row, facts: Facts): Verdict => {
  const due_at = instantOrNull(due(facts));
  if (verdict === 'extend') return { kind: 'extend', claim_expires: extension(task, facts), uses, due_at: due_at ?? facts.sight.now };
  return { kind: 'end', reason: verdict, rule: rule(facts), uses, due_at, finishes: null };
};

const stopOverdue = (revoked_at: number, limit: Facts['limit']): number => revoked_at + limit('stop_grace_ms') + RESULT_MS;

/** When a revocation that nobody brought to its end ends by itself, by what is seen of the process. */
const revocationDue = ({ at, deferred }: Revocation, facts: Facts): number => {
  const { probe } = facts.sight;
  if (probe.other_boot) return AT_ONCE;
  if (probe.process === 'dead') return later(deathSettled(facts), stopOverdue(toMs(at), facts.limit));
  if (!unseen(probe)) return Infinity;
  return later(toMs(deferred?.retry_at ?? at), facts.claim_expires) + facts.limit('foreign_grace_ms') + facts.clock_grace;
};

/** A revoked run is not judged again. But when nobody reports the end of its stop, the revocation ends here (rule 5). */
const judgeRevoked = (revoked: Revocation, facts: Facts): Verdict => {
  const due = revocationDue(revoked, facts);
  const due_at = instantOrNull(due);
  // The silence of a host that cannot be seen from here is measured by a clock that may just have jumped (rule 8).
  const uncertain = facts.sight.only_certain && unseen(facts.sight.probe) && !facts.sight.probe.other_boot;
  if (facts.now < due) return { kind: 'none', look_again_at: due_at };
  if (uncertain) return { kind: 'none', look_again_at: null };
  const confirmed = !unseen(facts.sight.probe) || facts.sight.probe.other_boot;
  const why = confirmed ? 'its process is gone' : `its host silent for foreign_grace ${facts.text('foreign_grace_ms')}`;
  return { kind: 'end', reason: revoked.reason, rule: `${revoked.rule}; ${why}`, uses: ['foreign_grace_ms'], due_at, finishes: { confirmed } };
};

/**
 * The verdict on an open run, by the table of design §5.4. The decider applies it to the true stream; the watchdog asks the same of the
 * state it loaded, to see whether a command is worth sending. At a deadline itself the verdict holds.
 */
export const judge = (task: RunningTask, sight: Sight, layers: PolicyLayers): Verdict => {
  const facts = factsFor(timesOf(task.run), sight, layers);
  if (task.run.revoked !== null) return judgeRevoked(task.run.revoked, facts);
  const rows = VERDICTS.filter(({ process, certain }) => process(sight.probe) && (certain || !sight.only_certain));
  const row = rows.find(({ due }) => due(facts) <= facts.now);
  if (row === undefined) return { kind: 'none', look_again_at: instantOrNull(earliestOf(rows.map(({ due }) => due(facts)))) };
  return verdictOf(task, row, facts);
};

/** What a watchdog keeps of an open run to know when to look; ms since the epoch. */
type Watched = Times & { readonly revoked: { readonly at: number; readonly retry_at: number | null } | null };

/**
 * The earliest instant (ms since the epoch) at which a verdict other than none could arise without the death of a process. Of a revoked
 * run: when its stop is overdue or to be tried again.
 */
export const nextLook = ({ revoked, ...times }: Watched, layers: PolicyLayers): number => {
  const facts = factsFor(times, { probe: NOT_LOOKED, now: UNTIMED, discounted_ms: 0, only_certain: false }, layers);
  if (revoked !== null) return revoked.retry_at ?? stopOverdue(revoked.at, facts.limit);
  const unskewed = { ...facts, clock_grace: 0 };
  return earliestOf(UNSEEN.map(({ due }) => due(unskewed)));
};
const UNTIMED = instantOf(0);
const UNSEEN = VERDICTS.filter(({ process }) => process(NOT_LOOKED));
