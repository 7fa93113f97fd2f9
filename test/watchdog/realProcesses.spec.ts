import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, mergeMap, take, toArray } from 'rxjs';
import type { PolicyValues } from '../../src/domain/policy.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { systemProcesses } from '../../src/platform/processes.ts';
import { processProbe } from '../../src/watchdog/probe.ts';
import { processStop } from '../../src/watchdog/stop.ts';
import { startWatchdog } from '../../src/watchdog/watchdog.ts';
import { endChildren, startedOf } from '../support/processes.ts';
import { taskId } from '../support/taskLog.ts';
import { memoryBoard, type MemoryBoard } from './support/memoryBoard.ts';

const T = taskId(1);
const clock = systemClock();
const processes = systemProcesses();
const probe = processProbe({ processes });

/** A supervisor that starts the script as leader of its own group and says its pid, once the script has said something. */
const SUPERVISOR = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', process.argv[1]], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.once('data', () => console.log(child.pid));
`;
const groups: number[] = [];
const supervised = async (script: string) => {
  const supervisor = spawn(process.execPath, ['-e', SUPERVISOR, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: supervisor.stdout }), 'line');
  const pid = Number(line);
  groups.push(pid);
  const self = probe.identify(supervisor.pid ?? 0);
  if (self === null) throw new Error('no supervisor');
  return { supervisor, started: { ...startedOf(pid), supervisor: { pid: self.pid, started_at: self.started_at } } };
};

const closedOrRevoked = (changes$: MemoryBoard['changes$']) =>
  changes$.pipe(filter(({ changes }) => changes.some((change) => change.task_id === T && change.kind === 'moved' && change.move.revoked != null)));

const watched = async (script: string, policy: PolicyValues = { stop_grace_ms: 300 }) => {
  const board = memoryBoard({ clock });
  const { supervisor, started } = await supervised(script);
  await board.policy(policy);
  await board.execute({ type: 'CreateTask', task_id: T, board: 'main', title: 'real' });
  await board.execute({ type: 'ClaimTask', task_id: T, worker: 'ada' });
  expect(await board.execute({ type: 'RecordWorkerStarted', task_id: T, run: 1, worker: 'ada', ...started })).toMatchObject({ ok: true });
  const watchdog = startWatchdog({
    ...board,
    board: board.state,
    dispatch: board.execute,
    probe,
    stop: processStop({ processes, clock }),
    clock,
    id: 'wd_1',
    version: '0.1.0',
  });
  const reclaimed = firstValueFrom(board.changes$.pipe(filter(({ changes }) => changes.some(({ kind }) => kind === 'closed'))));
  return { board, supervisor, started, watchdog, reclaimed };
};

afterAll(() => {
  for (const group of groups) processes.signalGroup(group, 'SIGKILL');
  endChildren();
});

describe('a watchdog and real processes', () => {
  const FAMILY = `
    process.on('SIGTERM', () => {});
    require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' }).on('spawn', () => console.log('up'));
    setInterval(() => {}, 1000);`;
  it('when a supervisor is killed: its child, which ignores SIGTERM, and its grandchild are stopped, then the task is ready again', async () => {
    const { board, supervisor, started, watchdog, reclaimed } = await watched(FAMILY);
    expect(processes.group(started.child.pgid)).toHaveLength(2);
    supervisor.kill('SIGKILL');
    await reclaimed;
    const events = await board.history(T);
    expect(events.slice(3).map(({ type }) => type)).toEqual(['RunRevoked', 'TaskReclaimed']);
    expect(events.at(-1)).toMatchObject({
      data: { reason: 'supervisor_lost', stop: { confirmed: true, signals: [{ signal: 'SIGTERM' }, { signal: 'SIGKILL' }] } },
    });
    expect(await board.load(T)).toMatchObject({ status: 'ready' });
    expect(probe.look({ process: null, started }).process).toBe('dead');
    await watchdog.close();
  });
  it('one of many children to stop that does not die holds up none of the others', async () => {
    const others = [taskId(2), taskId(3), taskId(4), taskId(5)];
    const { board, supervisor, started, watchdog } = await watched(FAMILY, { stop_grace_ms: 600_000 });
    const obedient = await Promise.all(others.map(() => supervised("console.log('up'); setInterval(() => {}, 1000)")));
    for (const [n, task_id] of others.entries()) {
      await board.execute({ type: 'CreateTask', task_id, board: 'main', title: 'real' });
      await board.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
      const child = obedient[n]?.started;
      if (child !== undefined) await board.execute({ type: 'RecordWorkerStarted', task_id, run: 1, worker: 'ada', ...child });
    }
    const closed = board.changes$.pipe(mergeMap(({ changes }) => changes.filter(({ kind }) => kind === 'closed')));
    const allOthers = firstValueFrom(
      closed.pipe(
        filter(({ task_id }) => task_id !== T),
        take(others.length),
        toArray(),
      ),
    );
    supervisor.kill('SIGKILL');
    await firstValueFrom(closedOrRevoked(board.changes$));
    for (const each of obedient) each.supervisor.kill('SIGKILL');
    await allOthers;
    expect(await board.load(T)).toMatchObject({ status: 'running', run: { revoked: { reason: 'supervisor_lost' } } });
    const last = firstValueFrom(closed.pipe(filter(({ task_id }) => task_id === T)));
    process.kill(-started.child.pgid, 'SIGKILL');
    await last;
    expect((await board.history(T)).at(-1)).toMatchObject({ type: 'TaskReclaimed', data: { stop: { confirmed: true, signals: [{ signal: 'SIGTERM' }] } } });
    await watchdog.close();
  });
  it('when supervisor and child are killed: the task is taken back as crashed, and nobody is signalled', async () => {
    const { board, supervisor, started, watchdog, reclaimed } = await watched("console.log('up'); setInterval(() => {}, 1000)");
    // The child first, and gone: a look between the two must not find it without its supervisor.
    process.kill(-started.child.pgid, 'SIGKILL');
    while (processes.group(started.child.pgid).length > 0) await clock.sleep(2);
    supervisor.kill('SIGKILL');
    await reclaimed;
    expect((await board.history(T)).at(-1)).toMatchObject({ data: { reason: 'crashed', counts_as_failure: true, stop: null } });
    await watchdog.close();
  });
});
