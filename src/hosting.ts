import type { Holdfast } from './compose.ts';
import { uuid } from './platform/ids.ts';
import { version } from './platform/version.ts';
import { claimChanges$ } from './projections/live.ts';
import { startWatchdog, type Watchdog } from './watchdog/watchdog.ts';
import type { WatchdogLog } from './watchdog/ports.ts';
import { watchdogRecord } from './board/watchdogRecord.ts';

/** A watchdog of this board in this process; harmless beside others. Ends with `close()`. */
export const hostWatchdog = async ({ board, store, kind, ids, clock, readModel, processes }: Holdfast, log?: WatchdogLog): Promise<Watchdog> => {
  const { probe, stop } = await processes();
  return startWatchdog({
    ...watchdogRecord({ store, board: board.name, ids }),
    changes$: claimChanges$({ readModel: await readModel(), board: board.name }),
    load: board.load,
    board: board.state,
    dispatch: board.execute,
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
};
