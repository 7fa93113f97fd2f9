import { memoryEventStore } from '../../../src/eventstore/memory/memoryEventStore.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { toMs } from '../../../src/domain/instant.ts';
import type { PolicyValues } from '../../../src/domain/policy.ts';
import { listDiagnostics } from '../../../src/projections/diagnostics/list.ts';
import type { Diagnostic, DiagnosticKind } from '../../../src/projections/diagnostics/diagnostic.ts';
import { openReadModel } from '../../../src/projections/readModel.ts';
import { second, taskId, tell, told, type Told } from '../../support/taskLog.ts';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A board in memory, told event by event and asked for its diagnostics at an instant (seconds after the start of the story). */
export const toldBoard = async (policy: PolicyValues = {}) => {
  const store = memoryEventStore();
  const readModel = await openReadModel({ store, directory: ':memory:', clock: systemClock() });
  await tell(store, 'board-main', { type: 'BoardCreated', data: { at: second(0), board: 'main', policy } });
  const all = (at: number): Promise<readonly Diagnostic[]> =>
    readModel.read((rows) => listDiagnostics(rows, { board: 'main', now: toMs(second(at)), store_policy: {} }));
  return {
    store,
    readModel,
    tell: (n: number, ...events: readonly Told[]) => tell(store, `task-${taskId(n)}`, ...events),
    tellBoard: (...events: readonly Told[]) => tell(store, 'board-main', ...events),
    all,
    /** What one rule sees at an instant. */
    sees: async (kind: DiagnosticKind, at: number) => (await all(at)).filter((diagnostic) => diagnostic.kind === kind),
    close: async () => {
      readModel.close();
      await store.close();
    },
  };
};

const evidence = (at: number, more: object) => ({
  judged_at: second(at),
  judged_revision: '0',
  due_at: null,
  claim_expires: second(at),
  last_heartbeat_at: null,
  last_heartbeat_revision: null,
  heartbeat_stale: true,
  policy: {},
  probe: { process: 'unknown', supervisor: 'absent', other_boot: false, dead_since: null, looked_at: [] },
  judge: { kind: 'watchdog', id: 'wd_1', version: '0' },
  view_behind: 0,
  discounted_ms: 0,
  ...more,
});
const COUNTED = ['crashed', 'timed_out'];
export const reclaimed = (at: number, run: number, reason: string, more: object = {}): Told =>
  told('TaskReclaimed', at, {
    run,
    reason,
    rule: `rule of ${reason}`,
    counts_as_failure: COUNTED.includes(reason),
    not_before: null,
    evidence: evidence(at, more),
    stop: null,
    note: null,
  });
export const revoked = (at: number, run: number, reason = 'lease_expired'): Told =>
  told('RunRevoked', at, { run, reason, rule: `rule of ${reason}`, evidence: evidence(at, {}), then: { to: 'ready' }, note: null });
export const blocked = (at: number, run: number | null, reason: string, kind = 'transient'): Told =>
  told('TaskBlocked', at, { run, worker: run === null ? null : 'ada', kind, reason, recurrence: 1 });
export const unblocked = (at: number): Told => told('TaskUnblocked', at, { reason: null });
export const commented = (at: number): Told => told('CommentAdded', at, { text: 'so' });
export const late = (at: number, run: number, command: string): Told =>
  told('StaleCommandRefused', at, { run, worker: 'ada', command, payload: {}, current_run: null, ended_revision: '9' });
