import type { Holdfast } from './compose.ts';
import { instantOf, toMs } from './domain/instant.ts';
import { uuid } from './platform/ids.ts';
import { version } from './platform/version.ts';
import { dueTasks, firstScheduled, nominated } from './projections/dependencies.ts';
import { claimChanges$, gateChanges$ } from './projections/live.ts';
import { askFor } from './projections/moves.ts';
import { startPromoter, type Promoter } from './watchdog/promoter.ts';
import { startWatchdog, type Watchdog } from './watchdog/watchdog.ts';
import type { WatchdogLog } from './watchdog/ports.ts';
import { watchdogRecord } from './board/watchdogRecord.ts';

/** A watchdog of this board in this process, and with it what looks after waiting tasks; harmless beside others. Ends with `close()`. */
export const hostWatchdog = async (holdfast: Holdfast, log?: WatchdogLog): Promise<Watchdog> => {
  const { board, store, kind, ids, clock, readModel, processes } = holdfast;
  const { probe, stop } = await processes();
  const watchdog = startWatchdog({
    ...watchdogRecord({ store, board: board.name, ids }),
    changes$: claimChanges$({ readModel: await readModel(), board: board.name }),
    load: board.load,
    board: board.state,
    dispatch: board.execute,
    pause: board.change,
    head: () => store.head(),
    out_of_reach_ms: kind.out_of_reach_ms,
    ...(store.ready === undefined ? {} : { ready: store.ready }),
    probe,
    stop,
    clock,
    id: `wd_${uuid().slice(0, 8)}`,
    version: version(),
    ...(log === undefined ? {} : { log }),
  });
  const promoter = await hostPromoter(holdfast, log);
  return {
    ...watchdog,
    done: Promise.race([watchdog.done, promoter.done]),
    caughtUp: Promise.all([watchdog.caughtUp, promoter.caughtUp]).then(() => undefined),
    close: async () => {
      await promoter.close();
      await watchdog.close();
    },
  };
};

/** Scheduled tasks asked for at a time; the next look takes the others. */
const DUE_AT_ONCE = 1000;

/** What promotes, demotes and wakes the waiting tasks of this board. */
export const hostPromoter = async ({ board, clock, readModel, moves }: Holdfast, log?: WatchdogLog): Promise<Promoter> => {
  const rows = await readModel();
  const id = `pr_${uuid().slice(0, 8)}`;
  const release = onceOnly((await moves()).hosted());
  const promoter = startPromoter({
    changes$: gateChanges$({ readModel: rows, board: board.name }),
    nominate: (taskId, at) => rows.peek((views) => nominated(views, board.name, taskId, instantOf(clock.now())), { at }),
    due: (at) =>
      rows.peek(
        (views) => {
          const first = firstScheduled(views, board.name);
          return { task_ids: dueTasks(views, board.name, instantOf(clock.now()), DUE_AT_ONCE), next: first === undefined ? null : toMs(first) };
        },
        { at },
      ),
    ask: (nomination) => askFor(board.execute, nomination, id),
    confirmLink: (command) => board.execute({ type: 'LinkTask', ...command }, { actor: { kind: 'system', id } }),
    clock,
    ...(log === undefined ? {} : { log }),
  });
  return {
    ...promoter,
    // After it failed, the board of this process sees to waiting tasks by itself again.
    done: promoter.done.finally(release),
    close: async () => {
      release();
      await promoter.close();
    },
  };
};

const onceOnly = (work: () => void): (() => void) => {
  let over = false;
  return () => {
    if (!over) work();
    over = true;
  };
};
