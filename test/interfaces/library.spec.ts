import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, lastValueFrom, map, takeWhile, toArray } from 'rxjs';
import { z } from 'zod';
import { InvalidCursor, InvalidValue, openBoard, Refused, Shutdown, StoreUnavailable, type LibraryBoard } from '../../src/index.ts';
import { diagnostics$, events$ } from '../../src/rx.ts';
import { scratch } from '../support/holdfast.ts';

const Files = z.object({ files: z.array(z.string()) });
const Mark = z.object({ done: z.number() });

describe('the library', () => {
  let home: ReturnType<typeof scratch>;
  let board: LibraryBoard;
  beforeEach(async () => {
    home = scratch();
    board = await openBoard({ store: home.folder, board: 'nightly', actor: 'agent:packer', create: true });
  });
  afterEach(async () => {
    await board.close();
    home.remove();
  });

  it('runs a handler for each task, beating for it, and completes with what it returns', async () => {
    const stop = new AbortController();
    const worker = board.work({ input: Files, checkpoint: Mark, signal: stop.signal, watchdog: false }, async (claim) => {
      await claim.progress({ percent: 50, checkpoint: { done: 1 } });
      return { summary: `packed ${claim.task.input.files.length}` };
    });
    const created = await board.create({ title: 'Pack', input: { files: ['a', 'b'] } });
    const task_id = created.ok ? created.task_id : '';
    for await (const { events } of board.events({ types: ['TaskCompleted'] })) if (events.length > 0) break;
    stop.abort();
    expect(await worker.done).toEqual({ settled: 1, unsettled: [] });
    expect(await board.show(task_id)).toMatchObject({ status: 'done', completed: { summary: 'packed 2' } });
  });

  it('says what an actor is to a program that names none', async () => {
    const untyped: Parameters<typeof openBoard>[0] = JSON.parse(JSON.stringify({ store: home.folder, board: 'nightly' }));
    await expect(openBoard(untyped)).rejects.toThrow(/actor: .*write human:NAME, agent:NAME/);
  });

  it('gives a handle on the next task, or undefined when there is none in time', async () => {
    expect(await board.claimNext({ wait: '10ms' })).toBeUndefined();
    await board.create({ title: 'Pack' });
    const claim = await board.claimNext();
    expect(claim).toMatchObject({ run: 1, worker: 'packer' });
    expect(await claim?.complete({ summary: 'ok' })).toMatchObject({ ok: true, status: 'done' });
    await expect(claim?.fail('too late')).rejects.toBeInstanceOf(Refused);
  });

  it('lets go of a handle whose run has ended: closing the board aborts only what is open', async () => {
    await board.create({ title: 'ended' });
    await board.create({ title: 'open' });
    const [ended, open] = [await board.claimNext(), await board.claimNext()];
    await ended?.complete();
    await board.close();
    expect(ended?.signal.aborted).toBe(false);
    expect(open?.signal.reason).toBeInstanceOf(Shutdown);
  });

  it('aborts the signal of a handle when a person takes the run back, and refuses its completion', async () => {
    const created = await board.create({ title: 'Pack' });
    const task_id = created.ok ? created.task_id : '';
    const claim = await board.claim(task_id);
    const aborted = new Promise<unknown>((resolve) => claim.signal.addEventListener('abort', () => resolve(claim.signal.reason), { once: true }));
    await board.execute({ type: 'ReclaimTask', task_id });
    expect(await aborted).toMatchObject({ code: 'StaleRun', run: 1, reason: 'operator' });
    await expect(claim.complete({ summary: 'late' })).rejects.toMatchObject({ answer: { code: 'StaleRun' } });
    expect((await board.why(task_id))?.runs).toHaveLength(1);
  });

  it('resumes events after a cursor, which also covers what the filter left out, and refuses one of another store', async () => {
    await board.create({ title: 'one' });
    const first = await firstBatch(board);
    await board.create({ title: 'two' });
    const { events } = await firstBatch(board, first.cursor);
    expect(events).toMatchObject([{ type: 'TaskCreated', data: { title: 'two' } }]);
    const other = await openBoard({ store: 'memory:', actor: 'human:ana' });
    await expect(firstBatch(other, first.cursor)).rejects.toBeInstanceOf(InvalidCursor);
    await other.close();
  });

  it('is the same subscription as an Observable of batches', async () => {
    await board.create({ title: 'one' });
    const batches = await lastValueFrom(
      events$(board, { types: ['TaskCreated'] }).pipe(
        takeWhile(({ caught_up }) => !caught_up),
        toArray(),
      ),
    );
    expect(batches.flatMap(({ events }) => events.map(({ data }) => data.title))).toEqual(['one']);
  });

  it('tells what a person should look at, asked for or as it changes', async () => {
    expect(await board.diagnostics()).toEqual([]);
    const seen = firstValueFrom(
      diagnostics$(board, { severity: 'error' }).pipe(
        map(({ changes }) => changes),
        filter((changes) => changes.length > 0),
      ),
    );
    const created = await board.create({ title: 'Fails', limits: { failure_limit: 1 } });
    const task_id = created.ok ? created.task_id : '';
    await (await board.claim(task_id)).fail('exit 1');
    expect(await seen).toMatchObject([{ change: 'raised', diagnostic: { kind: 'repeated_failures', severity: 'error', task_id } }]);
    const [found, ...more] = await board.diagnostics({ severity: 'error' });
    expect(found?.kind === 'repeated_failures' ? found.facts.gave_up : undefined).toBe(true);
    expect(more).toEqual([]);
    expect(await board.diagnostics({ severity: 'critical' })).toEqual([]);
  });

  it('refuses a store that is not there, an actor and a duration that are none', async () => {
    await expect(openBoard({ store: `${home.folder}/none`, actor: 'human:ana' })).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(openBoard({ store: 'memory:', actor: 'ana' })).rejects.toBeInstanceOf(InvalidValue);
    await expect(board.claimNext({ wait: '30' })).rejects.toBeInstanceOf(InvalidValue);
    await expect(board.claimNext({ lease: '1s' })).rejects.toThrow('lease: "1s" is out of range; from 5s to 1d');
    expect(await board.create({ title: ' ' })).toMatchObject({ ok: false, code: 'InvalidInput', message: expect.stringContaining('a title may not be blank') });
  });
});

const firstBatch = async (board: LibraryBoard, after?: string) => {
  for await (const batch of board.events({ after })) if (batch.events.length > 0) return batch;
  throw new Error('the events ended');
};
