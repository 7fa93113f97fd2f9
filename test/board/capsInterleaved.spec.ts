import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryEventStore } from '../../src/eventstore/memory/memoryEventStore.ts';
import { START, type EventStore } from '../../src/eventstore/port.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { boardOn } from '../support/boardOn.ts';
import { mostOpen, naiveAdmitted, worked } from '../support/naiveCaps.ts';
import { historyOf } from '../support/storeEvents.ts';

const clock = systemClock();
const never = new Promise<never>(() => undefined);

/** The store as one of several processes has it: when each of its answers arrives is the scheduler's to say. `dies`: at its first claim, stored and never confirmed. */
const storeOf = (store: EventStore, scheduler: fc.Scheduler, dies: boolean): EventStore => ({
  ...store,
  head: scheduler.scheduleFunction(async () => store.head()),
  append: async (stream, events, expected) => {
    await scheduler.schedule(Promise.resolve('before'), 'append');
    const appended = await store.append(stream, events, expected);
    if (dies && events[0]?.type === 'TaskClaimed') return never;
    await scheduler.schedule(Promise.resolve('after'), 'appended');
    return appended;
  },
});

const TASKS = 6;

it('however claims, confirmations and deaths between them interleave, never more than the cap work, and everything gets done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), fc.nat(2), async (scheduler, cap, workers, dying) => {
      const store = memoryEventStore();
      const home = await boardOn(store, clock);
      await home.board.change({ type: 'CreateBoard', board: 'main' });
      for (let n = 0; n < TASKS; n += 1) await home.board.create({ title: `task ${n}` });

      const work = async (name: string, dies: boolean): Promise<void> => {
        const { board } = await boardOn(storeOf(store, scheduler, dies), clock);
        for (;;) {
          const answer = await board.claimNext({ worker: name, cap });
          if (answer.ok) await board.execute({ type: 'CompleteTask', task_id: answer.task_id, run: answer.run, worker: name });
          else if (answer.code !== 'NothingToClaim' || answer.why !== 'capped') return;
          // As many died as may run: only their leases would end that.
          else if ((await leftOpen()).length >= cap) return;
        }
      };
      const dead = Array.from({ length: Math.min(dying, workers - 1) }, (_, n) => `dead${n}`);
      const leftOpen = async () =>
        naiveAdmitted(await historyOf(store, START, ['task-'])).filter(({ to, name }) => to === undefined && dead.includes(String(name)));
      for (const name of dead) void work(name, true);
      const living = Array.from({ length: workers - dead.length }, (_, n) => work(`worker${n}`, false));
      await scheduler.waitFor(Promise.all(living));

      // The leases of the dead end; what they left is worked off without races.
      for (const event of await historyOf(store, START, ['task-']))
        if (event.type === 'TaskClaimed' && dead.includes(String(event.data['worker'])))
          await home.board.execute({ type: 'ReclaimTask', task_id: event.stream.slice('task-'.length), force: true });
      for (;;) {
        const answer = await home.board.claimNext({ worker: 'last', cap });
        if (!answer.ok) break;
        await home.board.execute({ type: 'CompleteTask', task_id: answer.task_id, run: answer.run, worker: 'last' });
      }
      const log = await historyOf(store, START, ['task-']);
      const [working, admitted] = [worked(log), naiveAdmitted(log)];
      expect([working.length, mostOpen(working) <= cap, mostOpen(admitted) <= cap]).toEqual([TASKS, true, true]);
      expect(working.filter(({ from }) => !admitted.some((run) => run.from === from))).toEqual([]);
      home.close();
      await store.close();
    }),
    { numRuns: 60 },
  );
});
