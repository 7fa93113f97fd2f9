import { afterEach, describe, expect, it } from '@jest/globals';
import type { TaskEvent } from '../../src/domain/task/events.ts';
import { life, type Life } from './life.ts';

/** Give one to repeat a run that failed: HOLDFAST_SEED=123. */
const given = process.env['HOLDFAST_SEED'];
const FIRST = given === undefined ? Date.now() % 1_000_000 : Number(given);
const SEEDS = given === undefined ? [FIRST, FIRST + 1, FIRST + 2] : [FIRST];
const HOUR = 3_600_000;

const ENDS = new Set(['TaskReclaimed', 'ClaimReleased', 'RunFailed', 'TaskCompleted', 'TaskBlocked']);
const runOf = ({ data }: TaskEvent): number | null => ('run' in data ? data.run : null);

/** Who holds the task after each event: a claim must find nobody, an end must be that of the holder. */
const holdersAreAlone = (events: readonly TaskEvent[]): boolean => {
  let holder: number | null = null;
  let runs = 0;
  for (const event of events) {
    if (event.type === 'TaskClaimed') {
      runs += 1;
      if (holder !== null || event.data.run !== runs) return false;
      holder = event.data.run;
    } else if (ENDS.has(event.type) && holder !== null) {
      if (runOf(event) !== holder) return false;
      holder = null;
    }
  }
  return true;
};

let played: Life | undefined;
afterEach(() => played?.scene.end());

describe.each(SEEDS)('a day of workers, crashes, pauses and clock jumps (seed %d)', (seed) => {
  it('ends with every task done once or given up, one holder at a time, and no beating worker wronged', async () => {
    played = life({ seed, tasks: 24, workers: 6 });
    const { tasks, faults, wronged, scene } = played;
    await played.play(12 * HOUR);
    expect(await played.over()).toBe(true);
    expect(wronged).toEqual([]);
    expect(scene.errors).toEqual([]);
    for (const task of tasks) {
      const events = await scene.board.history(task);
      const count = (type: TaskEvent['type']) => events.filter((event) => event.type === type).length;
      expect([task, count('TaskCompleted') + count('TaskGaveUp')]).toEqual([task, 1]);
      expect([task, holdersAreAlone(events)]).toEqual([task, true]);
      const taken = events.filter(({ type }) => type === 'TaskReclaimed' || type === 'RunRevoked').map((event) => `${task}/${runOf(event)}`);
      expect(taken.filter((run) => !faults.has(run))).toEqual([]);
    }
  });
});
