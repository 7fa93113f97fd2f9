import { beforeEach, describe, expect, it } from '@jest/globals';
import memory from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Claim, ClaimMove } from '../../src/projections/changes.ts';
import { liveClaims, type LiveClaims } from '../../src/watchdog/liveClaims.ts';
import { taskId } from '../support/taskLog.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T = taskId(1);
const claim = (fields: Partial<Claim> = {}): Claim => ({
  task_id: T,
  run: 1,
  worker: 'ada',
  claimed_at: 0,
  lease_ms: 15 * MINUTE,
  claim_expires: 15 * MINUTE,
  last_heartbeat_at: null,
  process: null,
  started: null,
  limits: {},
  revoked: null,
  retry_at: null,
  ...fields,
});
const used = () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  // Twice: what the first one finds unused of array buffers is given back by the second.
  for (let i = 0; i < 2; i += 1) if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = memory.memoryUsage();
  return heapUsed + arrayBuffers;
};
// Texts as they come out of a stream's name and of JSON: a string of their own each.
const own = (text: string) => Buffer.from(text).toString();
const where = () => ({ host: own('build-1'), boot_id: own('1b4e28ba-2fa1-4d25-883f-0016d3cca427'), pid_namespace: own('pid:[4026531836]') });
const supervised = (n: number) => {
  const supervisor = () => ({ pid: n + 1, started_at: own(`${n}`) });
  return { process: { ...where(), ...supervisor() }, started: { ...where(), supervisor: supervisor(), child: { ...supervisor(), pgid: n + 2 } } };
};
let claims: LiveClaims;
const open = (fields: Partial<Claim> = {}) => claims.apply({ kind: 'opened', task_id: fields.task_id ?? T, claim: claim(fields) });
const move = (moved: ClaimMove, run: number | null = 1) => claims.apply({ kind: 'moved', task_id: T, run, move: moved });
beforeEach(() => {
  claims = liveClaims();
});

describe('when to look at a claim', () => {
  it('is the end of its lease, once', () => {
    open();
    expect(claims.next()).toBe(15 * MINUTE);
    expect(claims.due(15 * MINUTE - 1)).toEqual([]);
    expect(claims.due(15 * MINUTE)).toEqual([T]);
    expect(claims.due(HOUR)).toEqual([]);
  });
  it('moves with every beat', () => {
    open();
    move({ last_heartbeat_at: 5 * MINUTE, claim_expires: 20 * MINUTE });
    expect(claims.next()).toBe(20 * MINUTE);
  });
  it('is the longest run, where there is a limit: the task’s own, else the board’s', () => {
    open();
    claims.use({ max_runtime_ms: 10 * MINUTE });
    expect(claims.next()).toBe(10 * MINUTE);
    move({ limits: { max_runtime_ms: 3 * MINUTE } }, null);
    expect(claims.next()).toBe(3 * MINUTE);
    move({ limits: {} }, null);
    expect(claims.next()).toBe(10 * MINUTE);
  });
  it('comes to a run of 4 h once in an hour of silence, however often it beat before', () => {
    open({ claim_expires: 9 * HOUR });
    expect(claims.next()).toBe(4 * HOUR);
    expect(claims.due(4 * HOUR)).toEqual([T]);
    move({ last_heartbeat_at: 4 * HOUR, claim_expires: 9 * HOUR });
    expect(claims.next()).toBe(5 * HOUR);
    move({ last_heartbeat_at: 4.5 * HOUR, claim_expires: 9 * HOUR });
    expect(claims.next()).toBe(5 * HOUR);
    expect(claims.due(5 * HOUR)).toEqual([T]);
    move({ last_heartbeat_at: 5 * HOUR, claim_expires: 9 * HOUR });
    expect(claims.next()).toBe(6 * HOUR);
  });
  it('is at once when it was revoked: who stops its child?', () => {
    open();
    move({ revoked: { at: MINUTE, then: { to: 'ready' } } });
    expect(claims.due(MINUTE)).toEqual([T]);
  });
  it('is what a judgement said, unless something earlier is known', () => {
    open();
    claims.again(T, HOUR);
    expect(claims.next()).toBe(15 * MINUTE);
    claims.again(T, MINUTE);
    expect(claims.next()).toBe(MINUTE);
    claims.again(taskId(9), 1);
    expect(claims.next()).toBe(MINUTE);
  });
  it('is known cheaply when it is earlier than all before', () => {
    open();
    open({ task_id: taskId(2), claim_expires: MINUTE });
    expect(claims.soonest()).toBe(MINUTE);
    expect(claims.soonest()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the claims of a board', () => {
  const process = { host: 'build-1', boot_id: 'b', pid_namespace: 'n', pid: 7, started_at: '1' };
  it('forget a run that is over, with all that was known of it', () => {
    open({ process, limits: { max_runtime_ms: MINUTE } });
    claims.apply({ kind: 'closed', task_id: T });
    expect([claims.size(), claims.processes.size(), claims.next()]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
    open({ run: 2, claimed_at: HOUR, claim_expires: 2 * HOUR });
    expect(claims.next()).toBe(2 * HOUR);
  });
  it('begin a new run clean although the end of the one before was never told', () => {
    open({ last_heartbeat_at: MINUTE, revoked: { at: 1, then: { to: 'ready' } }, process });
    open({ run: 2, claimed_at: HOUR, claim_expires: 2 * HOUR });
    expect([claims.size(), claims.processes.size(), claims.next()]).toEqual([1, 0, 2 * HOUR]);
  });
  it('know of a new run no progress of the one before', () => {
    const limits = { progress_timeout_ms: 10 * MINUTE };
    open({ last_heartbeat_at: MINUTE, claim_expires: 9 * HOUR, limits });
    claims.progressed(T, 1, HOUR);
    open({ run: 2, claimed_at: 2 * MINUTE, last_heartbeat_at: 3 * MINUTE, claim_expires: 9 * HOUR, limits });
    expect(claims.next()).toBe(12 * MINUTE);
  });
  it('ignore what is told of another run or of a task that is not held', () => {
    open({ run: 2 });
    move({ claim_expires: HOUR }, 1);
    claims.apply({ kind: 'moved', task_id: taskId(5), run: 1, move: { claim_expires: 1 } });
    claims.apply({ kind: 'closed', task_id: taskId(5) });
    expect([claims.size(), claims.next()]).toEqual([1, 15 * MINUTE]);
  });
  it('know the process of a holder, and the child once it was started', () => {
    open({ process });
    const started = { host: 'build-1', boot_id: 'b', pid_namespace: 'n', supervisor: { pid: 7, started_at: '1' }, child: { pid: 8, started_at: '2', pgid: 8 } };
    move({ started });
    expect(claims.processes.get(T)).toEqual({ process, started });
    claims.clear();
    expect([claims.size(), claims.processes.size()]).toEqual([0, 0]);
  });
  it.each([
    ['claimed by hand', () => ({})],
    ['with a child on record', supervised],
    ['with limits of their task', () => ({ limits: { max_runtime_ms: HOUR, failure_limit: 3 } })],
  ])('cost at most 200 bytes each: %s', (_, fields) => {
    const before = used();
    for (let n = 0; n < 100_000; n += 1) open({ task_id: own(taskId(n)), ...fields(n) });
    expect((used() - before) / 100_000).toBeLessThanOrEqual(200);
    expect(claims.size()).toBe(100_000);
  });
});
