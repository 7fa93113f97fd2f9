import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { openHoldfast } from '../../src/compose.ts';
import { hostWatchdog } from '../../src/hosting.ts';
import type { Watchdog } from '../../src/watchdog/watchdog.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../support/eventStoreDb/eventStoreDbDouble.ts';
import { freshBoard } from '../support/eventStoreDb/servers.ts';
import { scratch } from '../support/holdfast.ts';

const cache = scratch();
process.env['XDG_CACHE_HOME'] = cache.folder; // the views of a server's boards
afterAll(cache.remove);
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

const WORKERS = 64;
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What only a double can be asked to do in the middle of a spec; by hand it was done to a real server, too. */
describe('64 workers that beat', () => {
  let server: EventStoreDbDouble;
  let held: Holdfast;
  let watchdog: Watchdog;
  let tasks: readonly string[];
  let notes: string[];
  beforeEach(async () => {
    server = await eventStoreDbDouble();
    held = await openHoldfast({ store: server.address, board: freshBoard(), actor: { kind: 'human', id: 'ana' }, surface: 'spec' });
    await held.board.change({ type: 'CreateBoard', board: held.board.name });
    tasks = await Promise.all(Array.from({ length: WORKERS }, claimed));
    notes = [];
    const warn = (_: object, message: string) => void notes.push(message);
    watchdog = await hostWatchdog(held, { warn, error: warn });
    await watchdog.caughtUp;
  });
  afterEach(async () => {
    await watchdog.close();
    await held.close();
    await server.close();
  });

  const claimed = async (): Promise<string> => {
    const made = await held.board.create({ title: 'a task' });
    if (!made.ok) throw new Error(made.message);
    await held.board.execute({ type: 'ClaimTask', task_id: made.task_id, worker: 'ada', lease_ms: 15_000 });
    return made.task_id;
  };
  /** Beats until told, counting; each answer must be a yes. */
  const beating = (signal: AbortSignal) =>
    Promise.all(
      tasks.map(async (task_id) => {
        let count = 0;
        for (; !signal.aborted; count += 1) {
          expect(await held.board.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada', note: String(count) })).toMatchObject({ ok: true });
          await passed(50);
        }
        return { task_id, count };
      }),
    );

  it.each([
    ['the server is gone for 4 s', 4000, () => server.network.down(), () => server.network.up()],
    ['it is frozen for 7 s', 7000, () => server.network.freeze(), () => server.network.thaw()],
  ] as const)('lose no acknowledged beat and no claim when %s, and none is stored twice', async (_, ms, begin, end) => {
    const over = new AbortController();
    const all = beating(over.signal);
    await passed(500);
    await begin();
    await passed(ms);
    await end();
    await passed(2000);
    over.abort();
    for (const { task_id, count } of await all) {
      const history = await held.board.history(task_id);
      const beats = history.flatMap((event) => (event.type === 'HeartbeatRecorded' ? [event.data.note] : []));
      expect(beats).toEqual(Array.from({ length: count }, (__, n) => String(n)));
      expect(history.map(({ type }) => type)).not.toContain('TaskReclaimed');
    }
    expect(notes.filter((note) => !note.includes('ready') && !note.includes('cannot be read'))).toEqual([]);
  });
});
