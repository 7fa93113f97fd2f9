import { taskIdOfStream } from '../domain/ids.ts';
import { elapsed } from '../domain/instant.ts';
import type { Instant } from '../domain/instant.ts';
import type { ReclaimReason } from '../domain/outcomes.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { TaskEvent } from '../domain/task/events.ts';
import { endTold, type End } from '../domain/task/runEnd.ts';
import type { RunEnd } from '../domain/task/state.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';

/** One attempt at a task. `end` null: it is open. `largest_gap_ms`: the longest silence between claim, beats and end. */
export type RunRow = {
  readonly task_id: string;
  readonly run: number;
  readonly worker: string;
  readonly claimed_at: Instant;
  readonly claimed_revision: string;
  /** The command that claimed it, by which a repeated claimNext finds its run; null where nobody chose the id, so that nobody can repeat it. */
  readonly claim_command: string | null;
  readonly lease_ms: number;
  readonly ended_at: Instant | null;
  readonly ended_revision: string | null;
  readonly end: RunEnd | null;
  readonly counts_as_failure: boolean;
  readonly error: string | null;
  readonly beats: number;
  readonly extensions: number;
  readonly first_beat_at: Instant | null;
  readonly last_beat_at: Instant | null;
  readonly largest_gap_ms: number;
  readonly revoked: { readonly at: Instant; readonly reason: ReclaimReason } | null;
};

const RUN_DIGITS = 9;

/** Sorts as the run number does. */
export const runKey = (taskId: string, run: number): string => `${taskId}/${String(run).padStart(RUN_DIGITS, '0')}`;

const gapTo = (row: RunRow, at: Instant): number => Math.max(row.largest_gap_ms, elapsed(row.last_beat_at ?? row.claimed_at, at));
const over = (row: RunRow, { revision }: RecordedEvent, at: Instant, { end, error, counts_as_failure }: End): RunRow => ({
  ...row,
  ended_at: at,
  ended_revision: String(revision),
  end,
  counts_as_failure,
  error,
  largest_gap_ms: gapTo(row, at),
});

/** Only a chosen id comes with a digest (docs/adr/command-ids.md); any other would be one random key more in an index for every claim. */
const chosenCommand = ({ command_id, command_hash }: RecordedEvent['metadata']): string | null =>
  typeof command_id === 'string' && command_hash !== undefined ? command_id : null;

const opened = ({ stream, revision, metadata }: RecordedEvent, data: Extract<TaskEvent, { type: 'TaskClaimed' }>['data']): RunRow => ({
  task_id: taskIdOfStream(stream),
  run: data.run,
  worker: data.worker,
  claimed_at: data.at,
  claimed_revision: String(revision),
  claim_command: chosenCommand(metadata),
  lease_ms: data.lease_ms,
  ended_at: null,
  ended_revision: null,
  end: null,
  counts_as_failure: false,
  error: null,
  beats: 0,
  extensions: 0,
  first_beat_at: null,
  last_beat_at: null,
  largest_gap_ms: 0,
  revoked: null,
});

const beaten = (row: RunRow, at: Instant, lease_ms: number | undefined): RunRow => ({
  ...row,
  lease_ms: lease_ms ?? row.lease_ms,
  beats: row.beats + 1,
  first_beat_at: row.first_beat_at ?? at,
  last_beat_at: at,
  largest_gap_ms: gapTo(row, at),
});

const apply = (row: RunRow | undefined, event: RecordedEvent): RunRow | undefined => {
  const told = decodeTaskEvent(event);
  if ('unreadable' in told) return row;
  if (told.type === 'TaskClaimed') return opened(event, told.data);
  if (row === undefined || row.end !== null) return row;
  const { data } = told;
  if (told.type === 'HeartbeatRecorded') return beaten(row, data.at, told.data.lease_ms);
  if (told.type === 'ClaimExtended') return { ...row, extensions: row.extensions + 1 };
  if (told.type === 'RunRevoked') return { ...row, revoked: { at: row.revoked?.at ?? data.at, reason: told.data.reason } };
  const end = endTold(told);
  return end === undefined ? row : over(row, event, data.at, end);
};

/** One row per run of every task. */
export const runs: Projection<RunRow> = {
  name: 'runs',
  fold: 3,
  prefix: 'task-',
  columns: { claim_command: 'TEXT' },
  indexes: ['(claim_command) WHERE claim_command IS NOT NULL'],
  keyOf: ({ stream, data }) => (typeof data['run'] === 'number' ? runKey(taskIdOfStream(stream), data['run']) : undefined),
  apply,
  indexed: ({ claim_command }) => [claim_command],
};
