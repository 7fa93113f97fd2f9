import { decodeWatchdogEvent } from '../domain/board/codec.ts';
import type { WatchdogEvent } from '../domain/board/board.ts';
import { boardStream, watchdogStream } from '../domain/ids.ts';
import { toMs } from '../domain/instant.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { ClaimBatch, ClaimChange, ClaimMove } from './changes.ts';
import { foldChanges, openClaims } from './claims.ts';
import { toldBefore, toldOf } from './crashesTold.ts';
import { getTask } from './lists.ts';
import type { ReadModel } from './readModel.ts';
import type { TaskRow } from './taskRow.ts';
import type { Rows } from './views.ts';

type ClaimChangesOf = { readonly readModel: ReadModel; readonly board: string; readonly signal?: AbortSignal };

const CLAIMS_AT_ONCE = 1000;

/**
 * The open claims of a board, then everything that happens to them: at least once, in the order of the log. Claims come from the caught-up
 * rows, changes from batches of the log itself. Keeps nothing per claim. Ends with the signal; rejects with the errors of the event store.
 */
export async function* claimChanges({ readModel, board, signal }: ClaimChangesOf): AsyncGenerator<ClaimBatch, void, void> {
  const until = signal && { signal };
  // Taken before the claims are read: what moves meanwhile comes again from the log.
  const { position } = await readModel.catchUp({ ...until });
  const crashes = await readModel.peek((rows) => toldBefore(rows, board), { at: position });
  yield { changes: [], position, policy_changed: true, holds: [], crashes, caught_up: false };
  for await (const claims of pagesOf(readModel, board, position)) {
    if (signal?.aborted === true) return;
    yield { changes: claims, position, policy_changed: false, holds: [], crashes: [], caught_up: false };
  }
  for await (const { events, position: reached, caught_up } of readModel.follow({ after: position, ...until })) {
    const changes = await readModel.peek((rows) => foldChanges(events).map((change) => completed(rows, board, change)), { at: reached });
    yield { changes: changes.flatMap((change) => change ?? []), position: reached, ...told(events, board), caught_up };
  }
}

async function* pagesOf(readModel: ReadModel, board: string, at: bigint): AsyncGenerator<readonly ClaimChange[], void, void> {
  let after = '';
  for (;;) {
    const claims = await readModel.peek((rows) => openClaims(rows, { board, after, limit: CLAIMS_AT_ONCE }), { at });
    const last = claims.at(-1);
    if (last === undefined) return;
    yield claims.map((claim) => ({ kind: 'opened', task_id: claim.task_id, claim }));
    after = last.task_id;
  }
}

/** TaskClaimed names neither board nor limits: the row does, which is at least as new as the batch. Undefined: of another board. */
const completed = (rows: Rows, board: string, change: ClaimChange): ClaimChange | undefined => {
  if (change.kind === 'closed' || (change.kind === 'moved' && !change.move.revoked)) return change;
  const row = getTask(rows, change.task_id);
  if (change.kind === 'moved') return { ...change, move: { ...change.move, ...revokedSince(row, change) } };
  if (row === undefined || row.unreadable !== null) return { kind: 'closed', task_id: change.task_id };
  return row.board === board ? { ...change, claim: { ...change.claim, limits: row.limits } } : undefined;
};

/** A run may be revoked again with another wish; it is revoked since the first time, which the row knows. */
const revokedSince = (row: TaskRow | undefined, { run, move }: Extract<ClaimChange, { kind: 'moved' }>): ClaimMove => {
  const since = row?.run === run ? row?.open_run?.revoked?.at : undefined;
  return move.revoked && since !== undefined ? { revoked: { ...move.revoked, at: toMs(since) } } : {};
};

const told = (events: readonly RecordedEvent[], board: string): Pick<ClaimBatch, 'policy_changed' | 'holds' | 'crashes'> => {
  const [ofBoard, ofWatchdog] = [boardStream(board), watchdogStream(board)];
  return {
    policy_changed: events.some(({ stream }) => stream === ofBoard),
    crashes: toldOf(events, board),
    holds: events.filter(({ stream }) => stream === ofWatchdog).flatMap(recordOf),
  };
};

/** Records of a later version are passed over, since this one cannot tell what they say. */
const recordOf = (event: RecordedEvent): readonly WatchdogEvent[] => {
  const record = decodeWatchdogEvent(event);
  return 'unreadable' in record ? [] : [record];
};
