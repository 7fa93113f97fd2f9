import { describe, it, expect } from '@jest/globals';
import { given, givenOn } from '../../support/given.ts';
import { beat, claimed, created, minute, probes, reclaimed, second, started, T0, watchdog, workerStarted } from '../../support/told.ts';

const HOUR = 3_600_000;
const held = [created(), claimed('ada', 1, T0)];
const extend = { type: 'ExtendClaim', run: 1, worker: 'ada', probe: probes.alive, judge: watchdog } as const;

describe('a heartbeat (rule 1)', () => {
  it('moves last_heartbeat_at and claim_expires in one event', () => {
    const { after, then } = given(...held).when({ type: 'RecordHeartbeat', run: 1, worker: 'ada', at: minute(5) });
    then([{ type: 'HeartbeatRecorded', claim_expires: minute(20), source: 'worker' }], {
      claim_expires: minute(20),
      last_heartbeat_at: minute(5),
      directive: 'continue',
    });
    expect(after).toMatchObject({ run: { claim_expires: minute(20), last_beat: { at: minute(5), revision: 2 }, beats: 1 } });
  });

  it('never shortens a lease', () =>
    given(...held, beat('ada', 1, minute(1), { claim_expires: minute(60) }))
      .when({ type: 'RecordHeartbeat', run: 1, worker: 'ada', at: minute(2) })
      .then([{ type: 'HeartbeatRecorded', claim_expires: minute(60) }]));

  it('revives a lease that is over as long as nobody took the run back', () =>
    given(...held)
      .when({ type: 'RecordHeartbeat', run: 1, worker: 'ada', at: minute(40) })
      .then([{ type: 'HeartbeatRecorded', claim_expires: minute(55) }]));

  it('after a lease was rewound into the past reaches at least half a lease ahead', () => {
    const { after } = given(created(), claimed('ada', 1, minute(60), { claim_expires: minute(1) })).when({
      type: 'RecordHeartbeat',
      run: 1,
      worker: 'ada',
      at: minute(61),
    });
    expect(after).toMatchObject({ run: { claim_expires: minute(76) } });
  });

  it('may change the length of the lease from here on', () =>
    given(...held, beat('ada', 1, minute(1), { lease_ms: HOUR, claim_expires: minute(61) }))
      .when({ type: 'RecordHeartbeat', run: 1, worker: 'ada', at: minute(2) })
      .then([{ type: 'HeartbeatRecorded', claim_expires: minute(62) }]));

  it('keeps what an earlier beat said and this one leaves out', () => {
    const { after } = given(...held, beat('ada', 1, minute(1), { note: '4/9', percent: 44, checkpoint: { done: 4 } })).when({
      type: 'RecordHeartbeat',
      run: 1,
      worker: 'ada',
      at: minute(2),
      percent: 55,
    });
    expect(after).toMatchObject({ run: { progress: { note: '4/9', percent: 55, checkpoint: { done: 4 } } } });
  });

  it('is refused without a run while one is open, and never prints the run', () => {
    const { answer, thenRefused } = given(...held).when({ type: 'RecordHeartbeat', run: null, worker: 'ada', at: minute(1) });
    thenRefused({ code: 'RunRequired' });
    expect(JSON.stringify(answer)).not.toMatch(/\b1\b/);
  });

  it('has nothing to renew when no run is open', () =>
    given(created())
      .when({ type: 'RecordHeartbeat', run: null, worker: 'ada', at: minute(1) })
      .thenRefused({ code: 'NotRunning' }));
});

describe('an extension (rule 1)', () => {
  it('moves the lease only', () => {
    const { after, then } = given(...held).when({ ...extend, at: minute(10) });
    then([{ type: 'ClaimExtended', why: 'supervisor_alive', claim_expires: minute(25) }]);
    expect(after).toMatchObject({ run: { last_beat: null, beats: 0 } });
  });

  it('never reaches past the time at which the last beat becomes stale', () =>
    given(...held, beat('ada', 1, minute(1)))
      .when({ ...extend, at: minute(50) })
      .then([{ type: 'ClaimExtended', claim_expires: minute(61) }]));

  it('is not capped while there is no beat', () =>
    given(...held)
      .when({ ...extend, at: minute(90) })
      .then([{ type: 'ClaimExtended', claim_expires: minute(105) }]));

  it('is not capped when heartbeat_max_stale is off', () =>
    givenOn({ heartbeat_max_stale_ms: 0 }, ...held, beat('ada', 1, minute(1)))
      .when({ ...extend, at: minute(90) })
      .then([{ type: 'ClaimExtended', claim_expires: minute(105) }]));

  it('is refused HeartbeatStale when the silence of the worker leaves nothing to move', () =>
    given(...held, beat('ada', 1, minute(1), { claim_expires: minute(61) }))
      .when({ ...extend, at: minute(55) })
      .thenRefused({ code: 'HeartbeatStale', last_heartbeat_at: minute(1), claim_expires: minute(61) }));

  it('has nothing to do when the lease already reaches further', () =>
    given(...held, beat('ada', 1, minute(1), { claim_expires: minute(30) }))
      .when({ ...extend, at: minute(2) })
      .thenNothing({ claim_expires: minute(30) }));
});

describe('the start of a worker', () => {
  const start = { type: 'RecordWorkerStarted', run: 1, worker: 'ada', at: second(1), ...started } as const;

  it('is recorded with the supervisor and the child', () => {
    given(...held)
      .when(start)
      .then([{ type: 'WorkerStarted', child: started.child }]);
  });

  it('has nothing to do when the same process is recorded already', () => {
    given(...held, workerStarted('ada', 1, second(1)))
      .when(start)
      .thenNothing();
  });

  it('is refused once the run was taken back, so that its child never begins', () => {
    given(...held, reclaimed(1, minute(20)))
      .when({ ...start, at: minute(21) })
      .thenRefused({ code: 'StaleRun', directive: 'stop', reason: 'lease_expired' });
  });
});
