import { describe, it, expect } from '@jest/globals';
import { activityDueIn, activityInterval, beatWithin, extended, extensionDue } from '../../src/domain/lease.ts';
import { later, minute, second } from '../support/told.ts';

describe('the lease', () => {
  it('asks for a beat every third of it, in whole ms', () => {
    expect(beatWithin(900_000)).toBe(300_000);
    expect(beatWithin(5000)).toBe(1666);
  });

  it('is extended by a supervisor when a third of it is left', () => {
    expect(extensionDue(minute(15), 900_000, minute(9))).toBe(false);
    expect(extensionDue(minute(15), 900_000, minute(10))).toBe(true);
    expect(extensionDue(minute(15), 900_000, minute(20))).toBe(true);
  });

  it('is never shortened by an extension, whatever the clock says', () => {
    const lease = { claim_expires: minute(15), lease_ms: 900_000, heartbeat_max_stale_ms: 3_600_000 };
    const early = { ...lease, at: later(minute(0), -60_000) };
    for (const last_heartbeat_at of [null, minute(0)]) expect(extended({ ...early, last_heartbeat_at }).claim_expires).toBe(minute(15));
  });

  it('lets activity be written once in 60 s, or in a third of a shorter lease (rule 9)', () => {
    expect(activityInterval(900_000)).toBe(60_000);
    expect(activityInterval(60_000)).toBe(20_000);
  });

  it('lets activity wait until the last beat is so old, whoever sent it', () => {
    expect(activityDueIn(null, 900_000, minute(1))).toBe(0);
    expect(activityDueIn(minute(1), 900_000, minute(1))).toBe(60_000);
    expect(activityDueIn(second(80), 900_000, minute(2))).toBe(20_000);
    expect(activityDueIn(minute(1), 900_000, minute(2))).toBe(0);
    // Another host's clock is ahead: its beat says nothing of when the next is due.
    expect(activityDueIn(minute(3), 900_000, minute(2))).toBe(0);
  });
});
