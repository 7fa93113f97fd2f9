import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../../src/eventstore/errors.ts';
import type { ProcessProbe } from '../../../src/domain/processPorts.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop({ policy: { stop_grace_ms: 300 } });
});
afterEach(() => shop.close());

const STUBBORN = 'trap "" TERM; echo ready; while :; do sleep 0.1; done';

describe('a child whose run is taken away', () => {
  it('gets SIGTERM within 2 s of a cancel, and the end of the stop is reported', async () => {
    const claimed = await shop.claim();
    const ran = shop.run('echo ready; exec sleep 60', claimed);
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    await shop.cancel(claimed.task_id);
    const revoked = await shop.event(claimed.task_id, 'RunRevoked');
    expect(await ran).toMatchObject({ ended: 'reclaimed', reason: 'cancelled', signal: 'SIGTERM' });
    const { stop, reason } = (await shop.event(claimed.task_id, 'TaskReclaimed')).data;
    expect({ reason, signals: stop?.signals.map(({ signal }) => signal), confirmed: stop?.confirmed }).toEqual({
      reason: 'cancelled',
      signals: ['SIGTERM'],
      confirmed: true,
    });
    expect(Date.parse(stop?.signals[0]?.at ?? '') - Date.parse(revoked.data.at)).toBeLessThan(2000);
    expect((await shop.board.load(claimed.task_id)).status).toBe('archived');
  });

  it('is killed when it ignores SIGTERM', async () => {
    const claimed = await shop.claim();
    const ran = shop.run(STUBBORN, claimed);
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    await shop.cancel(claimed.task_id);
    expect(await ran).toMatchObject({ ended: 'reclaimed', signal: 'SIGKILL' });
    expect((await shop.event(claimed.task_id, 'TaskReclaimed')).data.stop?.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('is stopped, and nothing is booked, when the run was ended by force', async () => {
    const claimed = await shop.claim();
    const ran = shop.run('echo ready; exec sleep 60', claimed);
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    await shop.cancel(claimed.task_id, true);
    expect(await ran).toMatchObject({ ended: 'reclaimed', reason: 'cancelled', signal: 'SIGTERM' });
    expect((await shop.types(claimed.task_id)).filter((type) => type === 'TaskReclaimed')).toHaveLength(1);
  });

  it('leads to the reclaim also when it exits by itself after the judgement', async () => {
    const claimed = await shop.claim();
    // This supervisor is not told of the judgement: it learns of it when it books the exit.
    const deaf = { ...shop.watch, add: () => () => undefined };
    const ran = shop.run('echo ready; sleep 1', claimed, { deps: { watch: deaf } });
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    await shop.cancel(claimed.task_id);
    expect(await ran).toMatchObject({ ended: 'reclaimed', reason: 'cancelled', exit_code: 0 });
    expect((await shop.event(claimed.task_id, 'TaskReclaimed')).data.stop).toMatchObject({ signals: [], confirmed: true });
  });
});

describe('the shutdown of a supervisor', () => {
  it.each([
    { child: 'that ends on SIGTERM', script: 'echo ready; exec sleep 60', signal: 'SIGTERM' },
    { child: 'that ignores SIGTERM', script: STUBBORN, signal: 'SIGKILL' },
  ])('stops a child $child and releases the claim within stop_grace + 2 s', async ({ script, signal }) => {
    const claimed = await shop.claim();
    const shutdown = new AbortController();
    const ran = shop.run(script, claimed, { deps: { shutdown: shutdown.signal } });
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    const began = Date.now();
    shutdown.abort();
    expect(await ran).toMatchObject({ ended: 'shutdown', signal });
    expect(Date.now() - began).toBeLessThan(2300);
    expect((await shop.event(claimed.task_id, 'ClaimReleased')).data).toMatchObject({ run: 1, reason: 'shutdown' });
    expect(await shop.board.load(claimed.task_id)).toMatchObject({ status: 'ready', failures: 0 });
  });

  it('that has begun before the child did starts nothing', async () => {
    const claimed = await shop.claim();
    expect(await shop.run('echo ran', claimed, { deps: { shutdown: AbortSignal.abort() } })).toMatchObject({ ended: 'shutdown' });
    expect(await shop.types(claimed.task_id)).toEqual(['TaskCreated', 'TaskClaimed', 'ClaimReleased']);
  });
});

/** Sees nothing, as on a system without /proc. */
const blind: ProcessProbe = {
  host: null,
  self: () => null,
  identify: () => null,
  look: () => ({ process: 'unknown', supervisor: 'unknown', other_boot: false, dead_since: null, looked_at: [] }),
};

describe('where processes cannot be told apart', () => {
  it('a child is run and stopped all the same, as the one group that its supervisor knows to be its own', async () => {
    const claimed = await shop.claim();
    const shutdown = new AbortController();
    const ran = shop.run(STUBBORN, claimed, { deps: { probe: blind, shutdown: shutdown.signal } });
    await shop.event(claimed.task_id, 'HeartbeatRecorded');
    shutdown.abort();
    expect(await ran).toMatchObject({ ended: 'shutdown', signal: 'SIGKILL' });
    expect(await shop.types(claimed.task_id)).toEqual(['TaskCreated', 'TaskClaimed', 'HeartbeatRecorded', 'ClaimReleased']);
  });
});

describe('while the store is out of reach', () => {
  it('a child does not begin before its start is stored', async () => {
    const claimed = await shop.claim();
    const heard: string[] = [];
    let tries = 0;
    const execute: Workshop['board']['execute'] = async (command, options) => {
      if (command.type === 'RecordWorkerStarted') {
        tries += 1;
        expect(heard).toEqual([]);
        if (tries < 3) throw new StoreUnavailable('busy', 'wait');
      }
      return shop.board.execute(command, options);
    };
    const deps = { board: { ...shop.board, execute }, output: () => heard.push('ran') };
    expect(await shop.run('echo ran', claimed, { deps })).toMatchObject({ ended: 'completed' });
    expect({ tries, heard }).toEqual({ tries: 3, heard: ['ran'] });
  });

  it('a verdict is tried again, under one command id, until it is stored', async () => {
    const claimed = await shop.claim();
    const ids: (string | undefined)[] = [];
    const execute: Workshop['board']['execute'] = async (command, options) => {
      if (command.type !== 'CompleteTask') return shop.board.execute(command, options);
      ids.push(options?.command_id);
      if (ids.length < 3) throw new StoreUnavailable('busy', 'wait');
      return shop.board.execute(command, options);
    };
    expect(await shop.run('echo fine', claimed, { deps: { board: { ...shop.board, execute } } })).toMatchObject({ ended: 'completed' });
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });
});
