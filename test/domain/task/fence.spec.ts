import { describe, it, expect } from '@jest/globals';
import type { TaskEvent } from '../../../src/domain/task/events.ts';
import { given } from '../../support/given.ts';
import {
  blocked,
  claimed,
  completed,
  created,
  failed,
  minute,
  probes,
  reclaimed,
  released,
  revoked,
  second,
  T0,
  watchdog,
  workerStarted,
} from '../../support/told.ts';

const stale = { run: 1, worker: 'ada', at: minute(41) } as const;
const taken: readonly TaskEvent[] = [created(), claimed('ada', 1, second(5)), reclaimed(1, minute(35)), claimed('bob', 2, minute(40))];
const refusedAs = { code: 'StaleRun', directive: 'stop', current_run: 2, holder: 'bob', held_since: minute(40), reason: 'lease_expired', ended_at: minute(35) };

const LATE = [
  { said: { type: 'CompleteTask', ...stale, summary: 'packed', result: { files: 9 } }, payload: { summary: 'packed', result: { files: 9 }, artifacts: [] } },
  { said: { type: 'FailRun', ...stale, error: 'disk full' }, payload: { outcome: 'failed', error: 'disk full' } },
  { said: { type: 'BlockTask', ...stale, kind: 'capability', reason: 'no gpu' }, payload: { kind: 'capability', reason: 'no gpu' } },
  { said: { type: 'RecordHeartbeat', ...stale, note: '7/9', checkpoint: { done: 7 } }, payload: { note: '7/9', checkpoint: { done: 7 } } },
] as const;

describe('the fence (rule 2)', () => {
  it.each(LATE)('refuses $said.type of a worker whose run was reclaimed, and keeps its payload', ({ said, payload }) => {
    const story = given(...taken).when(said);
    story.thenRefused({ ...refusedAs, kept_at_revision: '4' }, [
      { type: 'StaleCommandRefused', run: 1, worker: 'ada', command: said.type, payload, current_run: 2, ended_revision: '2' },
    ]);
  });

  it.each(LATE)('leaves the successor untouched by a late $said.type', ({ said }) => {
    const { task, when } = given(...taken);
    const { after } = when(said);
    expect(after).toMatchObject({ status: 'running' });
    expect('run' in after && 'run' in task && after.run).toEqual('run' in task && task.run);
  });

  it.each(LATE)('keeps $said.type once per run: the second is told where the first is', ({ said }) => {
    const { events } = given(...taken).when(said);
    given(...taken, ...events)
      .when(said)
      .thenRefused({ ...refusedAs, kept_at_revision: '4' });
  });

  it.each(LATE)('refuses $said.type of a revoked run although nobody holds the task yet, and keeps its payload', ({ said, payload }) => {
    const history = [created(), claimed('ada', 1, second(5)), workerStarted('ada', 1, second(6)), revoked(1, minute(35))];
    given(...history)
      .when(said)
      .thenRefused(
        { code: 'StaleRun', directive: 'stop', current_run: null, holder: null, reason: 'heartbeat_stale', ended_at: minute(35), kept_at_revision: '4' },
        [{ type: 'StaleCommandRefused', payload, current_run: null, ended_revision: null }],
      );
  });

  it('hands what was kept of a revoked run on to the run when it is over', () => {
    const late = given(created(), claimed('ada', 1, second(5)), workerStarted('ada', 1, second(6)), revoked(1, minute(35))).when(LATE[0].said);
    const { after } = given(created(), claimed('ada', 1, second(5)), workerStarted('ada', 1, second(6)), revoked(1, minute(35)), ...late.events).when({
      type: 'ReportStop',
      run: 1,
      at: minute(42),
      stop: { signals: [], confirmed: true, gone_at: minute(42), took_ms: 1 },
      survivors: [],
      probe: probes.dead,
      judge: watchdog,
    });
    expect(after).toMatchObject({ status: 'ready', runs: [{ run: 1, kept: [{ command: 'CompleteTask', revision: '4' }] }] });
  });

  const beat = { type: 'RecordHeartbeat', ...stale, note: 'still here' } as const;
  const sign = { type: 'StaleCommandRefused', run: 1, command: 'RecordHeartbeat', payload: {} } as const;

  it('keeps the first late beat as a sign of life where a verdict said that the worker was gone, but tells the worker only to stop', () => {
    const { events } = given(...taken).when(beat);
    given(...taken)
      .when(beat)
      .thenRefused({ ...refusedAs, kept_at_revision: null }, [sign]);
    given(...taken, ...events)
      .when(beat)
      .thenRefused({ ...refusedAs, kept_at_revision: null }, []);
  });

  it('keeps what is worth keeping also after a sign of life, and no sign of life after that', () => {
    const { events } = given(...taken).when(beat);
    const late = given(...taken, ...events).when(LATE[3].said);
    late.thenRefused({ ...refusedAs, kept_at_revision: '5' }, [{ type: 'StaleCommandRefused', payload: { checkpoint: { done: 7 } } }]);
    const kept = given(...taken).when(LATE[0].said);
    given(...taken, ...kept.events)
      .when(beat)
      .thenRefused({ ...refusedAs, kept_at_revision: null }, []);
  });

  it('keeps no sign of life of a run that its worker or a person ended', () => {
    given(created(), claimed('ada', 1, second(5)), failed('ada', 1, minute(35)))
      .when(beat)
      .thenRefused({ code: 'StaleRun', kept_at_revision: null }, []);
    const byPerson = given(created(), claimed('ada', 1, second(5))).when({ type: 'ReclaimTask', at: minute(35), probe: probes.unknown, judge: watchdog });
    given(created(), claimed('ada', 1, second(5)), ...byPerson.events)
      .when(beat)
      .thenRefused({ code: 'StaleRun', kept_at_revision: null }, []);
  });

  it.each([
    { what: 'a release', said: { type: 'ReleaseClaim', ...stale } },
    { what: 'an extension', said: { type: 'ExtendClaim', ...stale, probe: probes.alive, judge: watchdog } },
  ] as const)('keeps nothing of $what', ({ said }) =>
    given(...taken)
      .when(said)
      .thenRefused({ ...refusedAs, kept_at_revision: null }),
  );

  it('refuses another worker that names the open run, and keeps nothing of it', () =>
    given(created(), claimed('ada', 1, T0))
      .when({ type: 'CompleteTask', run: 1, worker: 'eve', at: minute(1) })
      .thenRefused({ code: 'StaleRun', current_run: 1, holder: 'ada', reason: null, kept_at_revision: null }));

  it('refuses a run that never was', () =>
    given(created())
      .when({ type: 'CompleteTask', run: 9, worker: 'eve', at: minute(1) })
      .thenRefused({ code: 'StaleRun', current_run: null, holder: null, reason: null }));

  it('says when the task is done already by somebody else', () =>
    given(...taken, completed('bob', 2, minute(41)))
      .when({ type: 'CompleteTask', ...stale })
      .thenRefused({ code: 'StaleRun', current_run: null, reason: 'lease_expired' }, [{ type: 'StaleCommandRefused' }]));
});

describe('the same worker says the end of its run again', () => {
  it.each([
    { said: { type: 'CompleteTask', ...stale }, ended: completed('ada', 1, minute(1)) },
    { said: { type: 'FailRun', ...stale, error: 'exit 1' }, ended: failed('ada', 1, minute(1)) },
    { said: { type: 'BlockTask', ...stale, reason: 'which files?' }, ended: blocked(minute(1), { run: 1, worker: 'ada' }) },
    { said: { type: 'ReleaseClaim', ...stale }, ended: released('ada', 1, minute(1)) },
  ] as const)('$said.type: nothing happens, and it is no error', ({ said, ended }) =>
    given(created(), claimed('ada', 1, T0), ended)
      .when(said)
      .thenNothing({ repeated: true }),
  );

  it('also when somebody else holds the task by now', () =>
    given(created(), claimed('ada', 1, T0), released('ada', 1, minute(1)), claimed('bob', 2, minute(2)))
      .when({ type: 'ReleaseClaim', ...stale })
      .thenNothing({ repeated: true, status: 'running' }));
});

describe('commands without a run', () => {
  it.each([
    { type: 'CompleteTask', run: null, worker: null, at: minute(1) },
    { type: 'BlockTask', run: null, worker: null, reason: 'wait', at: minute(1) },
    { type: 'FailRun', run: null, worker: null, error: 'no', at: minute(1) },
    { type: 'ReleaseClaim', run: null, worker: null, at: minute(1) },
  ] as const)('$type needs the run while one is open, and is never told which', (said) => {
    const { answer, thenRefused } = given(created(), claimed('ada', 1, T0)).when(said);
    thenRefused({ code: 'RunRequired' });
    expect(Object.keys(answer)).toEqual(['ok', 'code', 'message']);
  });

  it('complete and block are an operator’s when nobody holds the task', () => {
    given(created())
      .when({ type: 'CompleteTask', run: null, worker: null, summary: 'by hand', at: minute(1) })
      .then([{ type: 'TaskCompleted', run: null, worker: null, summary: 'by hand' }], { status: 'done' });
    given(created())
      .when({ type: 'BlockTask', run: null, worker: null, reason: 'wait', at: minute(1) })
      .then([{ type: 'TaskBlocked', run: null, worker: null }], { status: 'blocked' });
  });
});
