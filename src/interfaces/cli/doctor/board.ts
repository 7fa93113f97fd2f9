import { failing, fine, type Finding, warning } from '../../../eventstore/finding.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Claim } from '../../../projections/changes.ts';
import { openClaims } from '../../../projections/claims.ts';
import { boardRows } from '../../../projections/lists.ts';
import type { CaughtUp, ReadModel } from '../../../projections/readModel.ts';
import { IN_MEMORY } from '../../../projections/views.ts';
import type { Rows } from '../../../projections/views.ts';
import { about } from '../text/ages.ts';
import { OVERDUE_MS } from '../taskView.ts';

export type DoctorBoard = { readonly model: ReadModel; readonly clock: Clock };

/** A stop that takes longer than this waits for somebody (stop_grace is seconds). */
const STOPPING_MS = 60_000;
const SLOW_VIEWS_MS = 5_000;
const PAGE = 1000;
const NAMED = 5;

type BoardClaims = { readonly board: string; readonly claims: readonly Claim[] };

/** The views, and what of the boards waits for somebody. */
export const boardFindings = async ({ model, clock }: DoctorBoard, inMemory: boolean): Promise<readonly Finding[]> => {
  const started = clock.monotonic();
  const caughtUp = await model.catchUp();
  const took = Math.round(clock.monotonic() - started);
  const unusable = model.path() === IN_MEMORY && !inMemory;
  const boards = await model.peek((rows) => boardRows(rows).map(({ board }) => ({ board, claims: allClaims(rows, board) })));
  const now = clock.now();
  return [
    unusable ? UNUSABLE : viewsFinding(caughtUp, took),
    ...(boards.length === 0 ? [NO_BOARD] : []),
    ...boards.flatMap((each) => claimFindings(each, now)),
  ];
};

const NO_BOARD = warning('board', 'there is no board in this store', 'holdfast init');

const UNUSABLE = warning('views', 'their file cannot be used, so every list reads the whole log', 'holdfast rebuild');

const viewsFinding = ({ events, position }: CaughtUp, took: number): Finding => {
  const saw = events === 0 ? `up to date at ${position}` : `were behind by ${events}, caught up in ${about(took)}`;
  return took > SLOW_VIEWS_MS ? warning('views', saw, 'holdfast serve') : fine('views', saw);
};

const allClaims = (rows: Rows, board: string): readonly Claim[] => {
  const claims: Claim[] = [];
  for (;;) {
    const page = openClaims(rows, { board, after: claims.at(-1)?.task_id ?? '', limit: PAGE });
    claims.push(...page);
    if (page.length < PAGE) return claims;
  }
};

const claimFindings = ({ board, claims }: BoardClaims, now: number): readonly Finding[] => {
  const stopping = claims.flatMap((claim) => (claim.revoked === null ? [] : [{ claim, ms: now - claim.revoked.at }]));
  const held = claims.filter(({ revoked }) => revoked === null);
  const overdue = held.map((claim) => ({ claim, ms: now - claim.claim_expires })).filter(({ ms }) => ms > OVERDUE_MS);
  return [...overdueFindings(board, held.length, overdue), ...stoppingFindings(board, stopping)];
};

type Late = { readonly claim: Claim; readonly ms: number };

/** A watchdog may hold for one lease after an outage or a clock jump; beyond that, there is none. */
const overdueFindings = (board: string, held: number, overdue: readonly Late[]): readonly Finding[] => {
  if (overdue.length === 0) return [fine('claims', `board ${board}: ${held} open, none overdue`)];
  const saw = `board ${board}: ${overdue.length} of ${held} open claims overdue: ${named(overdue)}`;
  const finding = overdue.some(({ claim, ms }) => ms > OVERDUE_MS + claim.lease_ms) ? failing : warning;
  return [finding('claims', `${saw}; nobody is watching`, `holdfast serve --board ${board}`)];
};

const stoppingFindings = (board: string, stopping: readonly Late[]): readonly Finding[] => {
  if (stopping.length === 0) return [fine('revocations', `board ${board}: none pending`)];
  const saw = `board ${board}: ${stopping.length} being stopped: ${named(stopping)}`;
  const [stuck] = stopping.filter(({ ms }) => ms > STOPPING_MS);
  if (stuck === undefined) return [fine('revocations', saw)];
  return [warning('revocations', saw, `holdfast serve --board ${board}; or: holdfast reclaim ${stuck.claim.task_id} --force --board ${board}`)];
};

const named = (late: readonly Late[]): string => {
  const first = late.toSorted((a, b) => b.ms - a.ms).slice(0, NAMED);
  const rest = late.length - first.length;
  return `${first.map(({ claim, ms }) => `${claim.task_id} run ${claim.run} since ${about(ms)}`).join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
};
