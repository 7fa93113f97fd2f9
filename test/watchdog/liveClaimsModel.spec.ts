import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PolicyValues, TaskLimits } from '../../src/domain/policy.ts';
import type { Pid, ProcessIdentity, Started } from '../../src/domain/process.ts';
import { nextLook } from '../../src/domain/task/judge.ts';
import type { Claim, ClaimChange, ClaimMove } from '../../src/projections/changes.ts';
import { liveClaims } from '../../src/watchdog/liveClaims.ts';
import { taskId } from '../support/taskLog.ts';

const MINUTE = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

// Few of each, so that they are shared, let go and taken again; now and then one that fits no column.
const task = fc.nat(12).map(taskId);
const place = fc.record({ host: fc.constantFrom('a', 'b,c'), boot_id: fc.constantFrom('1', '2'), pid_namespace: fc.constantFrom('pid:[1]', '') });
const mark = fc.oneof({ weight: 5, arbitrary: fc.nat(3).map(String) }, fc.constantFrom('', '007', '1e3', '123456789012345678901', 'Sat Nov 21', 'NaN', '-0'));
const number = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constantFrom(0xffff_ffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER));
const pid: fc.Arbitrary<Pid> = fc.record({ pid: number, started_at: mark });
const holder: fc.Arbitrary<ProcessIdentity> = fc.tuple(place, pid).map(([where, who]) => ({ ...where, ...who }));
const child: fc.Arbitrary<Started> = fc
  .tuple(place, pid, pid, number)
  .map(([where, supervisor, of, pgid]) => ({ ...where, supervisor, child: { ...of, pgid } }));
const ownChild = child.map((started) => {
  const { host, boot_id, pid_namespace, supervisor } = started;
  return { process: { host, boot_id, pid_namespace, ...supervisor }, started };
});
const nothing = { process: null, started: null };
const processes: fc.Arbitrary<Pick<Claim, 'process' | 'started'>> = fc.oneof(
  fc.constant(nothing),
  holder.map((process) => ({ ...nothing, process })),
  child.map((started) => ({ ...nothing, started })),
  ownChild,
  fc.record({ process: holder, started: child }),
);

const span = fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * MINUTE);
const limits: fc.Arbitrary<TaskLimits> = fc.oneof(
  fc.constant({}),
  fc.constantFrom({ max_runtime_ms: MINUTE }, { progress_timeout_ms: 5 * MINUTE, failure_limit: 3 }),
  fc.record(
    { claim_ttl_ms: span, heartbeat_max_stale_ms: span, max_runtime_ms: span, running_stale_ms: span, running_silence_ms: span, progress_timeout_ms: span },
    { requiredKeys: [] },
  ),
);
const when = span;
const beat = fc.option(when);
const revoked: fc.Arbitrary<Claim['revoked']> = fc.option(
  when.map((at) => ({ at, then: { to: 'ready' as const } })),
  { freq: 3 },
);
const run = fc.integer({ min: 1, max: 3 });

const opened: fc.Arbitrary<ClaimChange> = fc
  .record({ task_id: task, run, claimed_at: when, claim_expires: when, last_heartbeat_at: beat, processes, limits, revoked })
  .map(({ processes: recorded, ...fields }) => ({
    kind: 'opened',
    task_id: fields.task_id,
    claim: { worker: 'ada', lease_ms: 15 * MINUTE, retry_at: null, ...fields, ...recorded },
  }));
const move: fc.Arbitrary<ClaimMove> = fc.record({ claim_expires: when, last_heartbeat_at: when, started: child, limits, revoked }, { requiredKeys: [] });
const moved: fc.Arbitrary<ClaimChange> = fc
  .record({ task_id: task, run: fc.option(run), move })
  .map(({ task_id, run: of, move: told }) => ({ kind: 'moved', task_id, run: of, move: told }));
const closed: fc.Arbitrary<ClaimChange> = fc.record({ kind: fc.constant('closed' as const), task_id: task });
const change = fc.oneof({ weight: 3, arbitrary: opened }, { weight: 4, arbitrary: moved }, { weight: 2, arbitrary: closed });
type Progress = { readonly task_id: string; readonly run: number; readonly since: number };
/** Now and then a run is seen to make progress, the policy changes, which works out every deadline anew, or the changes begin anew. */
type Step = { readonly change: ClaimChange } | { readonly progress: Progress } | { readonly use: PolicyValues } | { readonly clear: true };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: change.map((told) => ({ change: told })) },
  { weight: 3, arbitrary: limits.map((use) => ({ use })) },
  { weight: 3, arbitrary: fc.record({ progress: fc.record({ task_id: task, run, since: when }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true as const }) },
);

/** In the log of a run no beat is earlier than the one before. */
const inOrder = (claims: ReadonlyMap<string, Known>, told: ClaimChange): ClaimChange => {
  if (told.kind !== 'moved' || typeof told.move.last_heartbeat_at !== 'number') return told;
  const last_heartbeat_at = Math.max(told.move.last_heartbeat_at, claims.get(told.task_id)?.last_heartbeat_at ?? 0);
  return { ...told, move: { ...told.move, last_heartbeat_at } };
};

/** The same in the most naive way. `progress`: since when the run makes none. */
type Known = Claim & { readonly progress: number };
const follow = (claims: Map<string, Known>, told: ClaimChange): void => {
  const known = claims.get(told.task_id);
  if (told.kind === 'opened') claims.set(told.task_id, { ...told.claim, progress: told.claim.claimed_at });
  else if (told.kind === 'closed') claims.delete(told.task_id);
  else if (known !== undefined && (told.run === null || told.run === known.run)) claims.set(told.task_id, { ...known, ...told.move });
};
const dueAt = ({ limits: task_limits, revoked: revocation, progress, ...times }: Known, board: PolicyValues): number =>
  revocation !== null
    ? 0
    : Math.min(
        times.claim_expires,
        nextLook(
          { ...times, claim_expires: NEVER, progress_since: times.last_heartbeat_at === null ? null : progress, revoked: null },
          { task: task_limits, board },
        ),
      );
const recordedOf = (claims: ReadonlyMap<string, Known>) =>
  new Map([...claims].filter(([, claim]) => claim.process !== null || claim.started !== null).map(([id, { process, started }]) => [id, { process, started }]));

const play = (steps: readonly Step[]): void => {
  const tested = liveClaims();
  const model = new Map<string, Known>();
  let board: PolicyValues = {};
  for (const taken of steps) {
    if ('change' in taken) {
      const told = inOrder(model, taken.change);
      tested.apply(told);
      follow(model, told);
    } else if ('progress' in taken) {
      const { task_id, run: of, since } = taken.progress;
      const known = model.get(task_id);
      const progress = Math.max(since, known?.progress ?? 0);
      tested.progressed(task_id, of, progress);
      if (known?.run === of) model.set(task_id, { ...known, progress });
    } else if ('use' in taken) {
      board = taken.use;
      tested.use(board);
      const exact = [...model.values()].map((claim) => dueAt(claim, board));
      expect(tested.next()).toBe(Math.min(NEVER, ...exact));
    } else {
      tested.clear();
      model.clear();
    }
    const recorded = recordedOf(model);
    expect(tested.size()).toBe(model.size);
    expect(tested.processes.size()).toBe(recorded.size);
    expect(new Map(tested.processes)).toEqual(recorded);
    for (const id of model.keys()) expect(tested.processes.get(id)).toEqual(recorded.get(id));
    // Never too late: earlier only costs a look.
    expect(tested.next()).toBeLessThanOrEqual(Math.min(NEVER, ...[...model.values()].map((claim) => dueAt(claim, board))));
  }
  tested.use(board);
  const dues = new Set([...model.values()].filter((claim) => dueAt(claim, board) <= 300 * MINUTE).map(({ task_id }) => task_id));
  expect(new Set(tested.due(300 * MINUTE))).toEqual(dues);
};

describe('the claims of a board', () => {
  it('are what a map of claims would be, whatever is told of them (the seed is printed on failure)', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), play), { numRuns: 200 });
  });
});
