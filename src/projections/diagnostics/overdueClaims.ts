import { instantOf, type Instant } from '../../domain/instant.ts';
import { POLICY } from '../../domain/limits.ts';
import { inForce, type PolicyKey, type PolicyValues } from '../../domain/policy.ts';
import type { Claim } from '../changes.ts';
import { openClaims } from '../claims.ts';
import type { Rows } from '../views.ts';

/** An open run that nobody judged although its lease is over. */
export type OverdueClaim = {
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  readonly lease_ms: number;
  readonly claim_expires: Instant;
  readonly overdue_ms: number;
  /** From when a watchdog, had there been one, would long have judged it. */
  readonly unwatched_from: Instant;
};

type Limit = (key: PolicyKey) => number;

/** How long a watchdog may wait after the end of a lease. Where a process is on record, watchdogs of other hosts leave the run to its own host's for foreign_grace. */
const graces = (processKnown: boolean, limit: Limit) => ({
  clock_grace_ms: limit('clock_grace_ms'),
  foreign_grace_ms: processKnown ? limit('foreign_grace_ms') : 0,
});
const total = (each: Readonly<Record<string, number>>): number => Object.values(each).reduce((sum, ms) => sum + ms, 0);

/** From when every watchdog would judge a run (ms). */
export const judgedFrom = (claimExpires: number, processKnown: boolean, limit: Limit): number => claimExpires + total(graces(processKnown, limit));

/** The limits that a board has, and what boards on this kind of store begin with. */
export type BoardLimits = { readonly policy: PolicyValues; readonly store_policy: PolicyValues };

/** By which limits a run is overdue for longer than any watchdog lets it be. */
export const unwatchedAfter = ({ process, started }: Pick<Claim, 'process' | 'started'>, limits: BoardLimits) => {
  const limit = (key: PolicyKey) => inForce(key, { board: limits.policy, store: limits.store_policy }).value;
  // 0 turns the diagnostic off. It does not mean that the board is watched, so the default applies here.
  const patience = limit('diagnose_overdue_ms') === 0 ? POLICY.diagnose_overdue_ms.default : limit('diagnose_overdue_ms');
  return { ...graces(process !== null || started !== null, limit), diagnose_overdue_ms: patience };
};

/** From when on nobody watches a run (ms), as long as nobody judges it. */
export const unwatchedFrom = (claim: Pick<Claim, 'claim_expires' | 'process' | 'started'>, limits: BoardLimits): number =>
  claim.claim_expires + total(unwatchedAfter(claim, limits));

/** Of these claims of a board those whose lease is over, the most overdue first; those that are being stopped were judged. `now` in ms. */
export const overdueAmong = (
  claims: readonly Claim[],
  { policy }: Pick<BoardLimits, 'policy'>,
  { now, store_policy }: { readonly now: number } & Pick<BoardLimits, 'store_policy'>,
): readonly OverdueClaim[] => {
  const late = claims.filter(({ claim_expires, revoked }) => revoked === null && claim_expires < now);
  return late
    .toSorted((a, b) => a.claim_expires - b.claim_expires)
    .map((claim) => ({
      task_id: claim.task_id,
      run: claim.run,
      worker: claim.worker,
      lease_ms: claim.lease_ms,
      claim_expires: instantOf(claim.claim_expires),
      overdue_ms: now - claim.claim_expires,
      unwatched_from: instantOf(unwatchedFrom(claim, { policy, store_policy })),
    }));
};

const PAGE = 1000;

/** Every open run of a board. */
export const allClaims = (rows: Rows, board: string): readonly Claim[] => {
  const claims: Claim[] = [];
  for (;;) {
    const page = openClaims(rows, { board, after: claims.at(-1)?.task_id ?? '', limit: PAGE });
    claims.push(...page);
    if (page.length < PAGE) return claims;
  }
};
