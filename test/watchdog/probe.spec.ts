import { afterAll, describe, expect, it } from '@jest/globals';
import type { Started } from '../../src/domain/process.ts';
import { systemProcesses } from '../../src/platform/processes.ts';
import { processProbe } from '../../src/watchdog/probe.ts';
import { endChildren, startChild, startedOf } from '../support/processes.ts';

const probe = processProbe({ processes: systemProcesses() });
const lookAt = (started: Started) => probe.look({ process: null, started });
const SLEEPS = "console.log('up'); setInterval(() => {}, 1000)";

afterAll(endChildren);

describe('a look at the processes of a run', () => {
  it('sees a child and its supervisor alive, and says so in words', async () => {
    const { started, pid } = await startChild(SLEEPS);
    expect(lookAt(started)).toEqual({
      process: 'alive',
      supervisor: 'alive',
      other_boot: false,
      dead_since: null,
      looked_at: [`${started.host} pid ${pid} alive, same start time`, `its supervisor ${process.pid} alive, same start time`],
    });
  });
  it('sees a stopped child (SIGSTOP) alive', async () => {
    const child = await startChild(SLEEPS);
    child.process.kill('SIGSTOP');
    expect(lookAt(child.started).process).toBe('alive');
  });
  it('sees the holder of a claim before anything was started, without a supervisor', () => {
    expect(probe.look({ process: probe.self(), started: null })).toMatchObject({ process: 'alive', supervisor: 'absent' });
  });
  it('sees a child that has ended dead', async () => {
    const child = await startChild(SLEEPS);
    child.process.kill('SIGKILL');
    await child.exited;
    expect(lookAt(child.started)).toMatchObject({ process: 'dead', looked_at: [`${child.started.host} pid ${child.pid}: gone`, expect.anything()] });
  });
  it('takes a zombie for dead although its pid is still there', async () => {
    // The shell has become `sleep`, which never asks for the end of the child it inherited.
    const parent = await startChild('', ['/bin/sh', '-c', 'sleep 0.2 & echo up; echo $!; exec sleep 60']);
    const zombie = Number(await parent.line());
    const entry = probe.identify(zombie);
    const supervisor = probe.self();
    if (entry === null || supervisor === null) throw new Error('too late to see it alive');
    const started = { ...entry, supervisor, child: { pid: zombie, started_at: entry.started_at, pgid: zombie } };
    const table = systemProcesses();
    for (let seen = table.entry(zombie); typeof seen !== 'string' && !seen.ended; seen = table.entry(zombie)) await new Promise(setImmediate);
    expect(table.entry(zombie)).toMatchObject({ ended: true });
    expect(lookAt(started).process).toBe('dead');
    expect(probe.identify(zombie)).toBeNull();
  });
  it('takes a reused pid for dead: another process has its number now', async () => {
    const { started } = await startChild(SLEEPS);
    const earlier = { ...started, child: { ...started.child, started_at: '1' } };
    expect(lookAt(earlier)).toMatchObject({ process: 'dead', looked_at: [expect.stringContaining('belongs to another process now'), expect.anything()] });
  });
  it('sees a group alive whose leader died but one member lives, and dead when that one ends', async () => {
    const leader = await startChild('', ['/bin/sh', '-c', 'sleep 60 & echo up; echo $!; sleep 0.3']);
    const member = Number(await leader.line());
    await leader.exited;
    expect(lookAt(leader.started)).toMatchObject({
      process: 'alive',
      looked_at: [expect.stringContaining(`of its group alive: ${member}`), expect.anything()],
    });
    process.kill(member, 'SIGKILL');
    const table = systemProcesses();
    for (let seen = table.entry(member); typeof seen !== 'string' && !seen.ended; seen = table.entry(member)) await new Promise(setImmediate);
    expect(lookAt(leader.started).process).toBe('dead');
  });
  it('takes a later group that got the same number in another session for dead', () => {
    const table = systemProcesses();
    const self = table.entry(process.pid);
    if (typeof self === 'string' || probe.host === null) throw new Error('no table');
    const stranger = { pid: 2 ** 30, started_at: '5', pgid: 2 ** 30 };
    const fake = processProbe({ processes: { ...table, group: () => [{ ...self, group: 2 ** 30 }] } });
    expect(fake.look({ process: null, started: { ...probe.host, supervisor: stranger, child: stranger } }).process).toBe('dead');
  });
  it('sees nothing of another host or another container', () => {
    const started = startedOf(process.pid);
    const elsewhere = { ...started, host: 'build-9', boot_id: 'another', pid_namespace: 'pid:[1]' };
    expect(lookAt(elsewhere)).toMatchObject({
      process: 'foreign',
      supervisor: 'foreign',
      other_boot: false,
      looked_at: [`build-9 pid ${process.pid}: on another host`],
    });
    expect(lookAt({ ...started, pid_namespace: 'pid:[1]' })).toMatchObject({ process: 'foreign', other_boot: false });
  });
  it('knows an earlier boot of this host, unless several machines may use the store', () => {
    const before = { ...startedOf(process.pid), boot_id: 'before' };
    expect(lookAt(before)).toMatchObject({ process: 'dead', supervisor: 'dead', other_boot: true });
    const shared = processProbe({ processes: systemProcesses(), one_kernel: false });
    expect(shared.look({ process: null, started: before })).toMatchObject({ process: 'foreign', other_boot: false });
  });
  it('knows nothing where none is recorded, where it may not look, and on a system without /proc', () => {
    expect(probe.look({ process: null, started: null })).toMatchObject({ process: 'unknown', supervisor: 'absent' });
    const table = systemProcesses();
    const blind = processProbe({ processes: { ...table, entry: () => 'hidden', group: () => 'hidden' } });
    expect(blind.look({ process: null, started: startedOf(process.pid) })).toMatchObject({ process: 'unknown', supervisor: 'unknown' });
    const other = processProbe({ processes: { ...table, host: null } });
    expect(other.look({ process: null, started: startedOf(process.pid) })).toMatchObject({ process: 'unknown' });
    expect(other.self()).toBeNull();
  });
});
