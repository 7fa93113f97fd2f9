import { join } from 'node:path';
import { type Holdfast, openHoldfast } from '../../src/compose.ts';
import { BOARD, BOARD_STREAM, boardCreated, claimed, created, streamOf } from './boardEvents.ts';
import { appendAll } from './logs.ts';

/** A board in a log of its own. */
export const openBoardAt = (path: string, create = false): Promise<Holdfast> =>
  openHoldfast({ store: path, board: BOARD, actor: { kind: 'agent', id: 'bench' }, surface: 'library', create });

/** A new board with tasks 0 … `tasks` - 1, ready, and the rows of the read model caught up. */
export const boardOfReadyTasks = async (folder: string, name: string, tasks: number): Promise<{ readonly path: string; readonly holdfast: Holdfast }> => {
  const path = join(folder, `${name}.db`);
  const holdfast = await openBoardAt(path, true);
  const at = Date.now();
  await holdfast.store.append(BOARD_STREAM, [boardCreated(at)], 'no_stream');
  await appendAll(holdfast.store, tasks, (n) => [streamOf(n), created(n, at), 'no_stream']);
  await (await holdfast.readModel()).catchUp();
  return { path, holdfast };
};

/** Claims tasks `from` … `to` - 1; each lease ends `leaseMs(n)` from now. */
export const claimAll = ({ store }: Holdfast, from: number, to: number, leaseMs: (n: number) => number): Promise<void> => {
  const now = Date.now();
  return appendAll(store, to - from, (i) => [streamOf(from + i), claimed(from + i, now, leaseMs(from + i)), 0n]);
};
