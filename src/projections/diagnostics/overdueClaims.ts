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

/** From when every watchdog would judge a run (ms): those of other hosts leave it to that of its own for foreign_grace. */
export const judgedFrom = ({ claim_expires, of_some_host }: { claim_expires: number; of_some_host: boolean }, limit: (key: PolicyKey) => number): number =>
  claim_expires + limit('clock_grace_ms') + (of_some_host ? limit('foreign_grace_ms') : 0);

/** The limits that a board has, and what boards on this kind of store begin with. */
export type BoardLimits = { readonly policy: PolicyValues; readonly store_policy: PolicyValues };

/** From when on nobody watches a run (ms), as long as nobody judges it. */
export const unwatchedFrom = ({ claim_expires, process, started }: Pick<Claim, 'claim_expires' | 'process' | 'started'>, limits: BoardLimits): number => {
  const limit = (key: PolicyKey) => inForce(key, { board: limits.policy, store: limits.store_policy }).value;
  // Off is for who wants no diagnostic of it, and does not make a board watched.
  const patience = limit('diagnose_overdue_ms') === 0 ? POLICY.diagnose_overdue_ms.default : limit('diagnose_overdue_ms');
  return judgedFrom({ claim_expires, of_some_host: process !== null || started !== null }, limit) + patience;
};

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
