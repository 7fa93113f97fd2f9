import { toMs } from '../../../domain/instant.ts';
import type { PolicyValues } from '../../../domain/policy.ts';
import { failing, fine, type Finding, warning } from '../../../eventstore/finding.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { BoardRow } from '../../../projections/boards.ts';
import type { Claim } from '../../../projections/changes.ts';
import { allClaims, overdueAmong, type OverdueClaim } from '../../../projections/diagnostics/overdueClaims.ts';
import { boardRows } from '../../../projections/lists.ts';
import type { CaughtUp, ReadModel } from '../../../projections/readModel.ts';
import { IN_MEMORY } from '../../../projections/views.ts';
import { about } from '../text/ages.ts';
import { namedRuns, overdueClaimsText } from '../text/overdueText.ts';

type DoctorBoard = {
  readonly model: ReadModel;
  readonly clock: Clock;
  /** What boards on this kind of store begin with. */
  readonly store_policy: PolicyValues;
};

/** A stop that takes longer than this waits for somebody (stop_grace is seconds). */
const STOPPING_MS = 60_000;
const SLOW_VIEWS_MS = 5_000;

type BoardClaims = { readonly row: BoardRow; readonly claims: readonly Claim[] };

/** The views, and what of the boards waits for somebody. */
export const boardFindings = async ({ model, clock, store_policy }: DoctorBoard, inMemory: boolean): Promise<readonly Finding[]> => {
  const started = clock.monotonic();
  const caughtUp = await model.catchUp();
  const took = Math.round(clock.monotonic() - started);
  const unusable = model.path() === IN_MEMORY && !inMemory;
  const boards = await model.peek((rows) => boardRows(rows).map((row) => ({ row, claims: allClaims(rows, row.board) })));
  const now = clock.now();
  return [
    unusable ? UNUSABLE : viewsFinding(caughtUp, took),
    ...(boards.length === 0 ? [NO_BOARD] : []),
    ...boards.flatMap((each) => claimFindings(each, now, store_policy)),
  ];
};

const NO_BOARD = warning('board', 'there is no board in this store', 'holdfast init');

const UNUSABLE = warning('views', 'their file cannot be used, so every list reads the whole log', 'holdfast rebuild');

const viewsFinding = ({ events, position }: CaughtUp, took: number): Finding => {
  const saw = events === 0 ? `up to date at ${position}` : `were behind by ${events}, caught up in ${about(took)}`;
  return took > SLOW_VIEWS_MS ? warning('views', saw, 'holdfast serve') : fine('views', saw);
};

const claimFindings = ({ row, claims }: BoardClaims, now: number, store_policy: PolicyValues): readonly Finding[] => {
  const stopping = claims.flatMap(({ task_id, run, revoked }) => (revoked === null ? [] : [{ task_id, run, ms: now - revoked.at }]));
  const overdue = overdueAmong(claims, row, { now, store_policy });
  return [overdueFinding(row.board, claims.length - stopping.length, overdue, now), stoppingFinding(row.board, stopping)];
};

/** A watchdog takes seconds, and may hold for one lease after an outage or a clock jump; beyond that, there is none. */
const overdueFinding = (board: string, open: number, overdue: readonly OverdueClaim[], now: number): Finding => {
  const late = overdueClaimsText(overdue, open, now);
  if (late === undefined) return fine('claims', `board ${board}: ${open} open, none overdue`);
  const over = ({ unwatched_from }: OverdueClaim) => now - toMs(unwatched_from);
  if (overdue.every((claim) => over(claim) <= 0)) return fine('claims', `board ${board}: ${late}`);
  const finding = overdue.some((claim) => over(claim) > claim.lease_ms) ? failing : warning;
  return finding('claims', `board ${board}: ${late}`, `holdfast serve --board ${board}`);
};

type Stopping = { readonly task_id: string; readonly run: number; readonly ms: number };

const stoppingFinding = (board: string, stopping: readonly Stopping[]): Finding => {
  if (stopping.length === 0) return fine('revocations', `board ${board}: none pending`);
  const saw = `board ${board}: ${stopping.length} being stopped: ${namedRuns(stopping)}`;
  const [stuck] = stopping.filter(({ ms }) => ms > STOPPING_MS);
  if (stuck === undefined) return fine('revocations', saw);
  return warning('revocations', saw, `\`holdfast serve --board ${board}\`; or: \`holdfast reclaim ${stuck.task_id} --force --board ${board}\``);
};
