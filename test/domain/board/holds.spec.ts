import { describe, it, expect } from '@jest/globals';
import type { WatchdogEvent } from '../../../src/domain/board/board.ts';
import { holds, hostKey } from '../../../src/domain/board/holds.ts';
import { host, minute } from '../../support/told.ts';

const who = { watchdog: 'wd_1', version: '0.1.0', ...host };
const heldAt = (at: number, until: number | null, data = who): WatchdogEvent => ({
  type: 'WatchdogHeld',
  data: { at: minute(at), ...data, reason: 'clock_jump', jump_ms: 60_000, grace_until: until === null ? null : minute(until) },
});
const resumed = (at: number, until: number): WatchdogEvent => ({
  type: 'WatchdogResumed',
  data: { at: minute(at), ...who, held_ms: 1, grace_until: minute(until) },
});
const startedAt = (at: number): WatchdogEvent => ({ type: 'WatchdogStarted', data: { at: minute(at), ...who } });

describe('the holds of watchdogs (rule 8)', () => {
  it('bind every watchdog of a host, and no other', () => {
    const known = holds([heldAt(1, null), heldAt(2, 20, { ...who, watchdog: 'wd_2', host: 'build-4' })]);
    expect(known.get(hostKey(host))).toEqual({ held_since: minute(1), grace_until: null });
    expect(known.get(hostKey({ ...host, host: 'build-4' }))).toEqual({ held_since: minute(2), grace_until: minute(20) });
  });

  it('begin with the first and end with a resumption, which leaves a grace', () =>
    expect(holds([heldAt(1, null), heldAt(2, null), resumed(3, 18)]).get(hostKey(host))).toEqual({ held_since: null, grace_until: minute(18) }));

  it('keep the latest grace', () => expect(holds([heldAt(1, 30), resumed(3, 18)]).get(hostKey(host))).toEqual({ held_since: null, grace_until: minute(30) }));

  it('are neither begun nor ended by a restart', () => {
    expect(holds([startedAt(1)]).get(hostKey(host))).toEqual({ held_since: null, grace_until: null });
    expect(holds([heldAt(1, null), startedAt(2)]).get(hostKey(host))).toMatchObject({ held_since: minute(1) });
  });
});
