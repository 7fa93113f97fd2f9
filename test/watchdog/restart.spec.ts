import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WatchdogOptions } from '../../src/watchdog/ports.ts';
import { processStop } from '../../src/watchdog/stop.ts';
import { taskId } from '../support/taskLog.ts';
import { machine } from './support/machine.ts';
import { scene, type Scene } from './support/scene.ts';

const T = taskId(1);
let s: Scene;
beforeEach(() => {
  s = scene();
});
afterEach(() => s.end());

/** A call that a dead process never returns from. */
const never = (): Promise<never> => new Promise(() => undefined);

type Step = { readonly name: string; readonly dies: () => Partial<WatchdogOptions>; readonly signals: number };
const real = () => processStop({ processes: s.here.table(), clock: s.clock });
const STEPS: readonly Step[] = [
  { name: 'before the judgement is sent', dies: () => ({ dispatch: never }), signals: 1 },
  {
    name: 'after the judgement was stored, before it heard of it',
    dies: () => ({ dispatch: async (command, options) => (await s.board.execute(command, options), never()) }),
    signals: 1,
  },
  { name: 'before it stops the child', dies: () => ({ stop: { stop: never } }), signals: 1 },
  {
    name: 'after it stopped the child, before it heard of it',
    dies: () => ({ stop: { stop: async (child, options) => (await real().stop(child, options), never()) } }),
    signals: 1,
  },
  {
    name: 'before it reports the stop',
    dies: () => ({ dispatch: (command, options) => (command.type === 'ReportStop' ? never() : s.board.execute(command, options)) }),
    signals: 1,
  },
  {
    name: 'after the report was stored',
    dies: () => ({
      dispatch: async (command, options) =>
        command.type === 'ReportStop' ? (await s.board.execute(command, options), never()) : s.board.execute(command, options),
    }),
    signals: 1,
  },
];

describe('a watchdog that dies', () => {
  it.each(STEPS)('$name leaves the next one to the same end', async ({ dies, signals }) => {
    const { supervisor, child } = await s.supervise(T);
    await s.watch(dies());
    s.here.kill(supervisor);
    await s.clock.advance(4000);
    await s.watch();
    await s.clock.advance(10_000);
    expect((await s.types(T)).slice(2)).toEqual(['WorkerStarted', 'RunRevoked', 'TaskReclaimed']);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ reason: 'supervisor_lost', stop: { confirmed: true } });
    expect(s.here.lives(child)).toBe(false);
    expect(s.here.signals).toHaveLength(signals);
    expect(s.errors).toEqual([]);
  });
  it('while a stop waits for its grace leaves a child that the next one kills', async () => {
    const { supervisor, child } = await s.supervise(T, { temper: 'ignores SIGTERM' });
    const first = await s.watch();
    s.here.kill(supervisor);
    await s.clock.advance(3000);
    await first.close();
    expect(s.here.lives(child)).toBe(true);
    await s.watch();
    await s.clock.advance(8000);
    expect(await s.last(T, 'TaskReclaimed')).toMatchObject({ stop: { signals: [{ signal: 'SIGTERM' }, { signal: 'SIGKILL' }], confirmed: true } });
    expect(s.here.lives(child)).toBe(false);
  });
  it('after a deferral is followed by one that waits until it is time to try again', async () => {
    const { supervisor, child } = await s.supervise(T, { temper: 'survives' });
    const first = await s.watch();
    s.here.kill(supervisor);
    await s.clock.advance(12_000);
    await first.close();
    const signals = s.here.signals.length;
    await s.watch();
    await s.clock.advance(100_000);
    expect(s.here.signals).toHaveLength(signals);
    s.here.kill(child);
    await s.clock.advance(30_000);
    expect((await s.types(T)).slice(3)).toEqual(['RunRevoked', 'ReclaimDeferred', 'TaskReclaimed']);
  });
});

const quiet = () => expect({ warnings: s.warnings, errors: s.errors }).toEqual({ warnings: [], errors: [] });

describe('two watchdogs on one board', () => {
  it('of one host take back each run once', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => taskId(n + 1));
    for (const id of ids) await s.claim(id);
    await s.watch();
    await s.watch();
    await s.clock.advance(15 * 60_000 + 5000);
    for (const id of ids) expect(await s.types(id)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed']);
    quiet();
  });
  it('of one host stop a child together, and report it once', async () => {
    const { supervisor } = await s.supervise(T, { temper: 'ignores SIGTERM' });
    await s.watch();
    await s.watch();
    s.here.kill(supervisor);
    await s.clock.advance(12_000);
    expect((await s.types(T)).slice(3)).toEqual(['RunRevoked', 'TaskReclaimed']);
    quiet();
  });
  it('of two hosts: only the one that can see the process stops it, and the task is taken back once', async () => {
    const there = machine('build-2');
    const { supervisor, child } = await s.supervise(T);
    await s.claim(taskId(2));
    await s.watch({ on: there });
    await s.watch();
    s.here.kill(supervisor);
    await s.clock.advance(12_000);
    expect((await s.types(T)).slice(3)).toEqual(['RunRevoked', 'TaskReclaimed']);
    expect(s.here.lives(child)).toBe(false);
    expect(there.signals).toEqual([]);
    await s.clock.advance(16 * 60_000);
    expect(await s.types(taskId(2))).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed']);
    quiet();
  });
});
