import type { StoredTaskEvent } from '../board/board.ts';
import { elapsed } from '../domain/instant.ts';
import { noTask } from '../domain/task/codec.ts';
import { evolve } from '../domain/task/evolve.ts';
import type { TaskState } from '../domain/task/state.ts';
import type { Explanation, Extensions, FailureCount, LastBeat, Next, Outcome, RunAccount } from './account.ts';
import { preventedBy } from './preventedBy.ts';
import { runsIn } from './runEvents.ts';
import type { Ending, RunEvents, Stored } from './runEvents.ts';
import { standingOf } from './standing.ts';

const OUTCOMES: Readonly<Record<Ending['type'] | 'RunRevoked', Outcome>> = {
  TaskReclaimed: 'reclaimed',
  RunFailed: 'failed',
  ClaimReleased: 'released',
  TaskBlocked: 'blocked',
  RunRevoked: 'revoked',
};

/** Why runs ended other than by completion: facts from the events alone. Empty `runs` when every run was completed. `absent` explains nothing. */
export const explain = (history: readonly StoredTaskEvent[]): Explanation | undefined => {
  const state = history.reduce<TaskState>(evolve, noTask);
  if (state.status === 'absent') return undefined;
  const all = runsIn(history);
  const runs = all.flatMap((run) => {
    const account = accountOf(run, history);
    return account === undefined ? [] : [account];
  });
  const counted = (outcome: Outcome): number => runs.filter((run) => run.outcome === outcome).length;
  return {
    task_id: state.task_id,
    title: state.title,
    status: state.status,
    standing: standingOf(state, history),
    runs_total: all.length,
    counts: {
      reclaimed: counted('reclaimed'),
      failed: counted('failed'),
      released: counted('released'),
      blocked: counted('blocked'),
      revoked: counted('revoked'),
    },
    runs,
  };
};

const accountOf = (run: RunEvents, history: readonly StoredTaskEvent[]): RunAccount | undefined => {
  const { claimed, beats, revocations, late } = run;
  const [revoked, wished] = [revocations[0], revocations.at(-1)];
  const ending = run.ending ?? wished;
  if (ending === undefined) return undefined;
  const evidence = evidenceOf(ending, revoked);
  const last_beat = lastBeat(run, evidence?.judged_at ?? ending.data.at);
  const facts = {
    run: claimed.data.run,
    worker: claimed.data.worker,
    outcome: OUTCOMES[ending.type],
    ended_at: ending.data.at,
    ended_revision: ending.revision,
    said_by: actorOf('reason' in ending.data && wished?.data.reason === ending.data.reason ? wished : ending),
    judged_by: actorOf(revoked ?? ending),
    failure_count: failureCount(ending, history),
    claimed_at: claimed.data.at,
    claimed_revision: claimed.revision,
    lease_ms: beats.findLast(({ data }) => data.lease_ms !== undefined)?.data.lease_ms ?? claimed.data.lease_ms,
    lease_source: claimed.data.lease_source,
    claim_expires: evidence?.claim_expires ?? lastExpiry(run),
    last_beat,
    beats: beats.length,
    extended: extensionsAfter(run, last_beat?.revision ?? claimed.revision),
    rule: 'rule' in ending.data ? ending.data.rule : null,
    evidence,
    revoked_at: revoked?.data.at ?? null,
    stop: 'stop' in ending.data ? ending.data.stop : null,
    next: nextOf(ending, history),
    late_commands: late.map(({ data, revision }) => ({ command: data.command, revision, at: data.at })),
    ...saidIn(ending),
  };
  return { ...facts, prevented_by: preventedBy(facts) };
};

const actorOf = ({ metadata: { actor } }: Ending | Stored<'RunRevoked'>): string => `${actor.kind}:${actor.id}`;

/** The judgement is the first revocation's: a newer wish, and what ended the run afterwards, repeat it. */
const evidenceOf = (ending: Ending | Stored<'RunRevoked'>, revoked: Stored<'RunRevoked'> | undefined) =>
  revoked?.data.evidence ?? ('evidence' in ending.data ? ending.data.evidence : null);

const NOTHING = {
  said: null,
  exit_code: null,
  signal: null,
  last_output: null,
  counts_as_failure: false,
  not_before: null,
  backoff: null,
  retry_after_ms: null,
} as const;

const saidIn = ({ type, data }: Ending | Stored<'RunRevoked'>) => {
  switch (type) {
    case 'TaskReclaimed':
      return {
        ...NOTHING,
        end: data.reason,
        said: data.note,
        counts_as_failure: data.counts_as_failure,
        not_before: data.not_before,
        backoff: data.backoff ?? null,
      };
    case 'RunRevoked':
      return { ...NOTHING, end: data.reason, said: data.note };
    case 'ClaimReleased':
      return { ...NOTHING, end: data.reason, said: data.note };
    case 'TaskBlocked':
      return { ...NOTHING, end: 'blocked' as const, said: `${data.kind}: ${data.reason}` };
    case 'RunFailed': {
      const { outcome, error, exit_code, signal, last_output, counts_as_failure, not_before, backoff = null, retry_after_ms = null } = data;
      return { end: outcome, said: error, exit_code, signal, last_output, counts_as_failure, not_before, backoff, retry_after_ms };
    }
  }
};

const lastBeat = ({ beats }: RunEvents, judgedAt: string): LastBeat | null => {
  const last = beats.at(-1);
  if (last === undefined) return null;
  const { at, source } = last.data;
  const note = beats.findLast(({ data }) => data.note !== undefined)?.data.note ?? null;
  const percent = beats.findLast(({ data }) => data.percent !== undefined)?.data.percent ?? null;
  return { revision: last.revision, at, source, note, percent, age_ms: elapsed(at, judgedAt) };
};

const lastExpiry = ({ claimed, beats, extensions }: RunEvents): string =>
  [claimed, ...beats, ...extensions].map(({ data }) => data.claim_expires).reduce((latest, each) => (each > latest ? each : latest));

const extensionsAfter = ({ extensions }: RunEvents, revision: bigint): Extensions | null => {
  const later = extensions.filter((extension) => extension.revision > revision);
  const [first, last] = [later[0], later.at(-1)];
  if (first === undefined || last === undefined) return null;
  const why = [...new Set(later.map(({ data }) => data.why))];
  return { count: later.length, why, first_revision: first.revision, last_revision: last.revision, first_at: first.data.at, last_at: last.data.at };
};

/** Which failure in a row it was, and of how many. The limit is that of TaskGaveUp, else that of the event or its evidence, else the task's own. */
const failureCount = (ending: Ending | Stored<'RunRevoked'>, history: readonly StoredTaskEvent[]): FailureCount | null => {
  if (!('counts_as_failure' in ending.data) || !ending.data.counts_as_failure) return null;
  const gaveUp = history.find((event) => event.type === 'TaskGaveUp' && event.data.run === ending.data.run);
  if (gaveUp?.type === 'TaskGaveUp') return { failures: gaveUp.data.failures, limit: gaveUp.data.limit, limit_source: gaveUp.data.limit_source };
  const then = history.filter(({ revision }) => revision <= ending.revision).reduce<TaskState>(evolve, noTask);
  if (then.status === 'absent') return null;
  const judged = 'evidence' in ending.data ? ending.data.evidence.policy.failure_limit : limitOf(ending.data);
  const own = then.limits.failure_limit;
  return {
    failures: then.failures,
    limit: judged?.value ?? own ?? null,
    limit_source: judged?.source ?? (own === undefined ? null : 'task'),
  };
};

const limitOf = (data: Ending['data'] | Stored<'RunRevoked'>['data']) => ('failure_limit' in data ? data.failure_limit : undefined);

const NEXT: Partial<Readonly<Record<StoredTaskEvent['type'], Next['what']>>> = {
  TaskClaimed: 'claimed',
  TaskGaveUp: 'gave_up',
  TaskArchived: 'archived',
  TaskCompleted: 'completed',
};

const nextOf = (ending: Ending | Stored<'RunRevoked'>, history: readonly StoredTaskEvent[]): Next | null => {
  const [next] = history.flatMap((event) => {
    const what = event.revision > ending.revision ? NEXT[event.type] : undefined;
    return what === undefined ? [] : [{ what, event }];
  });
  if (next === undefined) return null;
  const { what, event } = next;
  const run = event.type === 'TaskClaimed' ? event.data.run : null;
  return { what, revision: event.revision, at: event.data.at, run, after_ms: elapsed(ending.data.at, event.data.at) };
};
