import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Cancelled, Shutdown, StaleRun } from '../../src/worker/abortReasons.ts';
import { work } from '../../src/worker/work.ts';
import type { Handler, WorkOptions } from '../../src/worker/workOptions.ts';
import { openWorkshop, type Workshop } from './support/workshop.ts';

let shop: Workshop;
let stop: AbortController;
beforeEach(async () => {
  shop = await openWorkshop();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await shop.close();
});

const start = <Input = unknown, Checkpoint = unknown>(options: WorkOptions<Input, Checkpoint>, handler: Handler<Input, Checkpoint>) =>
  work({ ...shop, worker: 'ada', options: { signal: stop.signal, drain: 0, ...options }, handler });

const task = async (given: { readonly title?: string; readonly input?: { readonly [key: string]: number | string } } = {}): Promise<string> => {
  const created = await shop.board.create({ title: 'a task', ...given });
  if (!created.ok) throw new Error(created.message);
  return created.task_id;
};

const reclaim = async (taskId: string): Promise<void> => {
  const judge = { kind: 'operator' as const, id: 'eve', version: '0.1.0' };
  const probe = { process: 'unknown' as const, supervisor: 'absent' as const, other_boot: false, dead_since: null, looked_at: [] };
  const answer = await shop.board.execute({ type: 'ReclaimTask', task_id: taskId, probe, judge });
  if (!answer.ok) throw new Error(answer.message);
};

const nothing = (): void => undefined;

/** A promise and the way to keep it. */
const gate = <T = void>() => {
  let open: (value: T) => void = nothing;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { open, opened };
};

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));

describe('the end of a handler', () => {
  it('by return completes the task with what it returned', async () => {
    const id = await task({ input: { count: 2 } });
    start({ input: z.object({ count: z.number() }) }, async ({ task: { input } }) => ({ summary: `packed ${input.count}`, result: { files: input.count } }));
    expect((await shop.event(id, 'TaskCompleted')).data).toMatchObject({ run: 1, worker: 'ada', summary: 'packed 2', result: { files: 2 } });
  });

  it('by throw is a failure with the message of the error', async () => {
    const id = await task();
    start({}, async () => {
      throw new Error('disk full');
    });
    expect((await shop.event(id, 'RunFailed')).data).toMatchObject({ outcome: 'failed', error: 'disk full', counts_as_failure: true });
  });

  it('leaves a verdict that the handler gave itself', async () => {
    const id = await task();
    start({}, (claim) => claim.block('needs_input', 'which files?'));
    await shop.event(id, 'TaskBlocked');
    stop.abort();
    expect(await shop.types(id)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskBlocked']);
  });

  it('with a result that cannot be stored is a failure that says so', async () => {
    const id = await task();
    start({}, async () => ({ result: 'x'.repeat(70_000) }));
    expect((await shop.event(id, 'RunFailed')).data.error).toBe('result: a result may be at most 64 KiB as JSON');
  });

  it('with a key that is no part of an outcome is a failure that says what was meant', async () => {
    const id = await task();
    start({}, async () => JSON.parse('{"sumary":"packed 2"}'));
    expect((await shop.event(id, 'RunFailed')).data.error).toBe(
      'what the handler returned: there is no ‘sumary’; did you mean summary? Allowed: summary, result, artifacts',
    );
  });

  it('with a word of its own that is misspelt is a failure too, not a completion without it', async () => {
    const id = await task();
    start({}, async (claim) => claim.complete(JSON.parse('{"sumary":"packed 2"}')));
    expect((await shop.event(id, 'RunFailed')).data.error).toMatch(/^complete: there is no ‘sumary’; did you mean summary/);
  });

  it('with an answer of the board is a completion without a summary', async () => {
    const id = await task();
    start({}, async (claim) => JSON.parse(JSON.stringify(await claim.heartbeat())));
    expect((await shop.event(id, 'TaskCompleted')).data).toMatchObject({ run: 1, summary: null });
  });

  it('is a failure before it begins when the input does not parse', async () => {
    const id = await task({ input: { count: 'two' } });
    let begun = false;
    start({ input: z.object({ count: z.number() }) }, async () => {
      begun = true;
    });
    expect((await shop.event(id, 'RunFailed')).data.error).toBe('input.count: Invalid input: expected number, received string');
    expect(begun).toBe(false);
  });
});

describe('a claim in the hands of a handler', () => {
  it('knows what earlier runs left, parsed; a checkpoint of another shape counts as none', async () => {
    const id = await task();
    const left: unknown[] = [];
    const schema = { checkpoint: z.object({ done: z.number() }) };
    const worker = start(schema, async (claim) => {
      left.push(claim.previous.map(({ checkpoint }) => checkpoint?.done));
      await claim.progress({ percent: 50, checkpoint: { done: claim.run } });
      if (claim.run < 3) await claim.release();
    });
    await shop.event(id, 'TaskCompleted');
    stop.abort();
    await worker.done;
    expect(left).toEqual([[], [1], [1, 2]]);
  });

  it('is told within 2 s of a reclaim; what its worker then returns is refused and kept, the successor untouched', async () => {
    const id = await task();
    const began = gate();
    const reason = gate<unknown>();
    let runs = 0;
    start({ concurrency: 1 }, async ({ signal }) => {
      runs += 1;
      if (runs > 1) return { summary: 'second' };
      began.open();
      reason.open(await aborted(signal));
      return { summary: 'too late' };
    });
    await began.opened;
    const at = Date.now();
    await reclaim(id);
    const why = await reason.opened;
    expect(Date.now() - at).toBeLessThan(2000);
    expect(why).toBeInstanceOf(StaleRun);
    expect(why).toMatchObject({ code: 'StaleRun', reason: 'operator', run: 1 });
    expect((await shop.event(id, 'StaleCommandRefused')).data).toMatchObject({ run: 1, command: 'CompleteTask', payload: { summary: 'too late' } });
    expect((await shop.event(id, 'TaskCompleted')).data).toMatchObject({ run: 2, summary: 'second' });
  });

  it('is told of a cancel as such, and a throw after it is no failure', async () => {
    const id = await task();
    const began = gate();
    const reason = gate<unknown>();
    const worker = start({}, async ({ signal }) => {
      began.open();
      reason.open(await aborted(signal));
      throw new Error('interrupted');
    });
    await began.opened;
    await shop.cancel(id);
    expect(await reason.opened).toBeInstanceOf(Cancelled);
    stop.abort();
    await worker.done;
    expect(await shop.types(id)).toEqual(['TaskCreated', 'TaskClaimed', 'TaskReclaimed', 'TaskArchived']);
  });

  it('keeps the place of a handler that ignores its signal', async () => {
    const [first, second] = [await task({ title: 'first' }), await task({ title: 'second' })];
    const [began, end] = [gate(), gate()];
    const worked: string[] = [];
    start({}, async (claim) => {
      worked.push(claim.task.title);
      began.open();
      if (claim.task_id === first && claim.run === 1) await end.opened;
    });
    await began.opened;
    await shop.cancel(first);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(worked).toEqual(['first']);
    end.open();
    await shop.event(second, 'TaskCompleted');
    expect(worked).toEqual(['first', 'second']);
  });
});

describe('the shutdown of a worker', () => {
  it('lets handlers run on within the drain and claims nothing more', async () => {
    const [first] = [await task({ title: 'first' }), await task({ title: 'second' })];
    const [began, end] = [gate(), gate()];
    const worker = start({ drain: '20s' }, async ({ signal }) => {
      began.open();
      await end.opened;
      return { summary: signal.aborted ? 'aborted' : 'in peace' };
    });
    await began.opened;
    stop.abort();
    end.open();
    expect(await worker.done).toEqual({ settled: 1, unsettled: [] });
    expect((await shop.event(first, 'TaskCompleted')).data.summary).toBe('in peace');
  });

  it('aborts with Shutdown after the drain; a throw then gives the claim back and is no failure', async () => {
    const id = await task();
    const began = gate();
    const worker = start({ drain: '100ms' }, async ({ signal }) => {
      began.open();
      throw await aborted(signal);
    });
    await began.opened;
    stop.abort();
    expect(await worker.done).toEqual({ settled: 1, unsettled: [] });
    expect((await shop.event(id, 'ClaimReleased')).data.reason).toBe('shutdown');
  });

  it('gives back what does not end within 5 s after Shutdown, names it, and refuses but keeps its late return', async () => {
    const { clock } = shop;
    const id = await task();
    const [began, end] = [gate(), gate()];
    const asked: number[] = [];
    // The drain and the grace after it pass at once; everything else takes its time.
    const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep([30_000, 5000].includes(ms) ? asked.push(ms) : ms, signal) };
    let reason: unknown;
    const worker = work({
      ...shop,
      clock: hasty,
      worker: 'ada',
      options: { signal: stop.signal },
      handler: async (claim) => {
        began.open();
        await end.opened;
        reason = claim.signal.reason;
        return { summary: 'late' };
      },
    });
    await began.opened;
    stop.abort();
    expect(await worker.done).toEqual({ settled: 0, unsettled: [{ task_id: id, run: 1 }] });
    expect(asked.slice(0, 2)).toEqual([30_000, 5000]);
    expect((await shop.event(id, 'ClaimReleased')).data.reason).toBe('shutdown');
    end.open();
    expect((await shop.event(id, 'StaleCommandRefused')).data.payload).toMatchObject({ summary: 'late' });
    expect(reason).toBeInstanceOf(Shutdown);
  });
});

describe('the options of a worker', () => {
  it.each([{ lease: '3' }, { drain: '-1s' }, { lease: 'soon' }, { drain: Number.NaN }])('that make no sense are refused at once: %j', (options) => {
    expect(() => start(options, async () => undefined)).toThrow(/is not a duration/);
  });

  it('with a lease out of range are refused at once', () => {
    expect(() => start({ lease: '1s' }, async () => undefined)).toThrow('lease: "1s" is out of range; from 5s to 1d');
  });

  it('that the board will never take end the worker with its refusal, once the handlers have ended', async () => {
    const id = await task();
    const asked: string[] = [];
    const claimNext: Workshop['board']['claimNext'] = async (wanted) => {
      asked.push(wanted.worker);
      return asked.length === 1 ? shop.board.claimNext(wanted) : { ok: false, code: 'Unreadable', message: 'of a newer version' };
    };
    const options = { signal: stop.signal, concurrency: 2 };
    const worker = work({
      ...shop,
      board: { ...shop.board, claimNext },
      worker: 'ada',
      options,
      handler: () => new Promise((resolve) => setTimeout(resolve, 100)),
    });
    await expect(worker.done).rejects.toThrow('of a newer version');
    expect((await shop.board.load(id)).status).toBe('done');
  });
});
