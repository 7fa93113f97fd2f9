import { share, type Observable } from 'rxjs';
import { taskIdOfStream } from '../domain/ids.ts';
import { observed } from '../platform/observed.ts';
import type { ClaimBatch } from './changes.ts';
import { claimChanges } from './claimChanges.ts';
import { gateChanges } from './gateChanges.ts';
import type { GateBatch } from './gateChanges.ts';
import type { ReadModel } from './readModel.ts';

/** Per batch of the log, never per event. `task_ids`: whose rows may have changed. */
type RowsChanged = { readonly task_ids: readonly string[]; readonly position: bigint; readonly caught_up: boolean };

/** The claims of a board and what happens to them, see `claimChanges`. */
export const claimChanges$ = (options: { readonly readModel: ReadModel; readonly board: string }): Observable<ClaimBatch> =>
  observed((signal) => claimChanges({ ...options, signal }));

/** The tasks of a board that may have to move, see `gateChanges`. */
export const gateChanges$ = (options: { readonly readModel: ReadModel; readonly board: string }): Observable<GateBatch> =>
  observed((signal) => gateChanges({ ...options, signal }));

/** Keeps the rows caught up with the log for as long as anybody subscribes, and says what moved. All subscribers share one cursor. */
export const liveProjector = ({ readModel }: { readonly readModel: ReadModel }): Observable<RowsChanged> =>
  observed((signal) => rowsChanged(readModel, signal)).pipe(share());

async function* rowsChanged(readModel: ReadModel, signal: AbortSignal): AsyncGenerator<RowsChanged, void, void> {
  const { position } = await readModel.catchUp({ signal });
  for await (const { events, position: reached, caught_up } of readModel.follow({ after: position, signal })) {
    const streams = new Set(events.map(({ stream }) => stream));
    yield { task_ids: [...streams].filter((stream) => stream.startsWith('task-')).map(taskIdOfStream), position: reached, caught_up };
  }
}
