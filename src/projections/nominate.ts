import { instantOf, toMs } from '../domain/instant.ts';
import type { Hearers } from '../eventstore/overheard.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Clock } from '../platform/clock.ts';
import { randomBelow } from '../platform/ids.ts';
import { firstScheduled } from './dependencies.ts';
import { claimedBy, firstCooled, readyIds, waitingCounts } from './lists.ts';
import type { ReadModel } from './readModel.ts';
import type { Rows } from './views.ts';
import { readyWindow, WINDOW, type ReadyWindow } from './readyWindow.ts';

export type Wanted = { readonly worker: string; readonly labels?: readonly string[]; readonly assignee?: string };

type Nominate = {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly board: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Of a log without gaps: where to be told of what this process appends. */
  readonly hearers?: Hearers;
};

/** Windows kept; a process seldom claims under more names. The one that was made first goes first, and is made anew when asked for. */
const MOST_WINDOWS = 256;

/** What the read model nominates for a claim: one window per kind of claimer. */
export const nominate = ({ store, readModel, board, clock, hearers }: Nominate) => {
  const windows = new Map<string, ReadyWindow>();
  hearers?.add((own) => {
    for (const window of windows.values()) window.appended(own);
  });
  const asked = ({ worker, labels, assignee }: Wanted) => ({
    board,
    now: instantOf(clock.now()),
    assignee: assignee ?? worker,
    ...(labels === undefined ? {} : { labels }),
  });

  const cooledAt = (rows: Rows): number | null => {
    const [first] = [firstCooled(rows, board, instantOf(clock.now())), firstScheduled(rows, board)].flatMap((at) => at ?? []).toSorted();
    return first === undefined ? null : toMs(first);
  };

  const windowOf = (wanted: Wanted) => {
    const key = JSON.stringify([wanted.assignee ?? wanted.worker, wanted.labels]);
    const held = windows.get(key);
    if (held !== undefined) return held;
    const made = readyWindow({
      store,
      clock,
      random: randomBelow,
      query: async (passed) => {
        const { position } = await readModel.catchUp();
        return readModel.peek((rows) => ({ position, tasks: readyIds(rows, { ...asked(wanted), limit: WINDOW + passed.size }), until: cooledAt(rows) }), {
          at: position,
        });
      },
    });
    const [first] = windows.size < MOST_WINDOWS ? [] : windows.keys();
    if (first !== undefined) windows.delete(first);
    windows.set(key, made);
    return made;
  };

  return {
    next: (wanted: Wanted, passed: ReadonlySet<string>) => windowOf(wanted).next(passed),
    lookAgain: (wanted: Wanted) => windowOf(wanted).lookAgain(),
    waiting: (wanted: Wanted) => readModel.read((rows) => ({ counts: waitingCounts(rows, asked(wanted)), until: cooledAt(rows) })),
    claimedBy: (commandId: string) => readModel.read((rows) => claimedBy(rows, commandId)),
  };
};
