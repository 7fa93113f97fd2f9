import { afterAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/platform/clock.ts';
import { systemProcesses } from '../../src/platform/processes.ts';
import { processStop } from '../../src/watchdog/stop.ts';
import { endChildren, startChild, startedOf, type Child } from '../support/processes.ts';

const processes = systemProcesses();
const stopper = processStop({ processes, clock: systemClock() });
const stop = (...asked: Parameters<typeof stopper.stop>) => stopper.stop(...asked);
const OBEYS = "console.log('up'); setInterval(() => {}, 1000)";
const IGNORES = `process.on('SIGTERM', () => {}); ${OBEYS}`;
const names = ({ stop: { signals } }: Awaited<ReturnType<typeof stop>>) => signals.map(({ signal }) => signal);

afterAll(endChildren);

describe('the stop of a child', () => {
  it('needs SIGTERM only for a child that obeys', async () => {
    const child = await startChild(OBEYS);
    const stopped = await stop(child.started, { grace_ms: 5000 });
    expect(names(stopped)).toEqual(['SIGTERM']);
    expect(stopped).toMatchObject({ stop: { confirmed: true, gone_at: expect.stringMatching(/Z$/) }, survivors: [] });
    expect(stopped.stop.took_ms).toBeLessThan(4000);
  });
  it('sends SIGKILL after the grace to a child that ignores SIGTERM', async () => {
    const child = await startChild(IGNORES);
    const stopped = await stop(child.started, { grace_ms: 200 });
    expect(names(stopped)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(stopped).toMatchObject({ stop: { confirmed: true }, survivors: [] });
    expect(stopped.stop.took_ms).toBeGreaterThanOrEqual(195);
  });
  it('ends a suspended child, which SIGTERM does not reach', async () => {
    const child = await startChild(OBEYS);
    child.process.kill('SIGSTOP');
    expect(await stop(child.started, { grace_ms: 100 })).toMatchObject({ stop: { confirmed: true } });
  });
  it('ends the grandchildren too, also when the leader is gone already', async () => {
    const leader = await startChild('', ['/bin/sh', '-c', 'trap "" TERM; sleep 60 & echo up; echo $!; sleep 0.3']);
    const grandchild = Number(await leader.line());
    await leader.exited;
    const stopped = await stop(leader.started, { grace_ms: 100 });
    expect(names(stopped)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(stopped.stop.confirmed).toBe(true);
    const entry = processes.entry(grandchild);
    expect(typeof entry === 'string' || entry.ended).toBe(true);
  });
  it('ends a child whose parent never reaps it', async () => {
    // The shell becomes a `sleep`, which never asks for the end of the child it inherited.
    const parent = await startChild('', ['/bin/sh', '-c', 'setsid sleep 60 & echo up; echo $!; exec sleep 60']);
    const pid = Number(await parent.line());
    while (processes.group(pid).length === 0) await new Promise(setImmediate);
    expect(await stop(startedOf(pid), { grace_ms: 2000 })).toMatchObject({ stop: { confirmed: true }, survivors: [] });
    expect(processes.entry(pid)).toMatchObject({ ended: true });
  });
  it('stops many side by side: all are told to end before the first is killed', async () => {
    const children = await Promise.all(Array.from({ length: 6 }, () => startChild(IGNORES)));
    const stopped = await Promise.all(children.map(({ started }) => stop(started, { grace_ms: 500 })));
    expect(stopped.every(({ stop: { confirmed } }) => confirmed)).toBe(true);
    const sent = stopped.flatMap(({ stop: { signals } }) => signals).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    expect(sent.map(({ signal }) => signal)).toEqual([...Array.from({ length: 6 }, () => 'SIGTERM'), ...Array.from({ length: 6 }, () => 'SIGKILL')]);
  });
  it('signals nobody when the child is gone, and says that it is', async () => {
    const child = await startChild(OBEYS);
    child.process.kill('SIGKILL');
    await child.exited;
    expect(await stop(child.started, { grace_ms: 5000 })).toMatchObject({ stop: { signals: [], confirmed: true }, survivors: [] });
  });
});

const lives = ({ started }: Child) => expect(processes.entry(started.child.pid)).toMatchObject({ ended: false });

describe('what a stop must not hit', () => {
  it('leaves a process alone that got the pid of the child later', async () => {
    const stranger = await startChild(OBEYS);
    const earlier = { ...stranger.started, child: { ...stranger.started.child, started_at: '1' } };
    expect(await stop(earlier, { grace_ms: 100 })).toMatchObject({ stop: { signals: [], confirmed: true } });
    lives(stranger);
  });
  it('leaves a process alone that is on another host, of another boot or in another container, and confirms nothing', async () => {
    const child = await startChild(OBEYS);
    for (const where of [{ boot_id: 'another' }, { pid_namespace: 'pid:[1]' }]) {
      expect(await stop({ ...child.started, ...where }, { grace_ms: 100 })).toMatchObject({ stop: { signals: [], confirmed: false } });
    }
    lives(child);
  });
  it('never signals its own group', async () => {
    const self = startedOf(process.pid);
    const entry = processes.entry(process.pid);
    if (typeof entry === 'string') throw new Error(entry);
    const own = { ...self, child: { ...self.child, pgid: entry.group } };
    const stopped = await stop(own, { grace_ms: 100 });
    expect(stopped.stop).toMatchObject({ signals: [], confirmed: false });
    expect(stopped.survivors).toContain(process.pid);
  });
  it('answers with what it has reached when it is told to end', async () => {
    const child = await startChild(IGNORES);
    const told = new AbortController();
    const stopping = stop(child.started, { grace_ms: 60_000, signal: told.signal });
    told.abort();
    expect(await stopping).toMatchObject({ stop: { confirmed: false }, survivors: [child.pid] });
  });
});
