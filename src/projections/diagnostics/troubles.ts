import { taskIdOfStream } from '../../domain/ids.ts';
import { decodeTaskEvent } from '../../domain/task/codec.ts';
import type { DataOf, TaskEventType } from '../../domain/task/events.ts';
import type { RecordedEvent } from '../../eventstore/port.ts';
import type { Projection } from '../projection.ts';
import { namedTasks } from './namedTasks.ts';
import { cut, heldTaken, lifted, streakAfter } from './troubleFolds.ts';
import { noTrouble, type TroubleRow } from './troubleRow.ts';

type Fold<Type extends TaskEventType> = (row: TroubleRow, data: DataOf<Type>, revision: bigint) => TroubleRow;

const OVER = { failures: null, crashes: null, block: null, cycles: [], cycles_left_out: 0 } as const;

/** null: events of this type matter to no rule and are not even parsed, since most of a log is beats. */
const FOLDS: { readonly [Type in TaskEventType]: Fold<Type> | null } = {
  TaskCreated: null,
  TaskClaimed: null,
  WorkerStarted: null,
  HeartbeatRecorded: null,
  ClaimExtended: null,
  ReclaimDeferred: null,
  ClaimReleased: null,
  TaskGaveUp: null,
  TaskLinked: null,
  TaskUnlinked: null,
  TaskDemoted: null,
  TaskEdited: (row) => (row.named === null ? row : { ...row, named: null }),
  TaskAssigned: (row) => (row.failures === null ? row : { ...row, failures: null }),
  CommentAdded: (row, { at }) => (row.block === null ? row : { ...row, block: { ...row.block, commented_at: at } }),
  RunRevoked: (row, data) => heldTaken(row, data),
  TaskReclaimed: (row, data) => {
    const { at, run, reason, rule, counts_as_failure } = data;
    const ended = { at, run, end: reason, error: rule, counts_as_failure };
    return heldTaken(streakAfter(row, ended, { clears_failures: reason === 'operator', clears_crashes: !counts_as_failure }), data);
  },
  RunFailed: (row, { at, run, outcome, error, counts_as_failure }) =>
    streakAfter(row, { at, run, end: outcome, error, counts_as_failure }, { clears_failures: false, clears_crashes: false }),
  TaskCompleted: (row, data) => {
    const named = namedTasks(data, row.task_id);
    return isQuiet(row) && named === null ? row : { ...row, ...OVER, named };
  },
  TaskBlocked: (row, { at, run, kind, reason }) => ({ ...row, block: { at, run, kind, reason: cut(reason), escalated: false, commented_at: null } }),
  TaskEscalated: (row) => (row.block === null ? row : { ...row, block: { ...row.block, escalated: true } }),
  TaskUnblocked: (row, { at }) => ({ ...lifted(row, at), failures: null }),
  TaskPromoted: (row, { at }) => lifted(row, at), // what was blocked by a dependency goes on by itself, and may come back as often
  TaskScheduled: (row) => (row.block === null ? row : { ...row, block: null }),
  TaskArchived: (row) => ({ ...noTrouble(row.task_id) }),
  TaskReopened: (row) => (row.failures === null ? row : { ...row, failures: null }),
  StaleCommandRefused: (row, { at, run, command }, revision) => ({
    ...row,
    taken: row.taken.map((taken) => (taken.run === run ? { ...taken, late: [...taken.late, { command, at, revision: String(revision) }] } : taken)),
  }),
};

const isQuiet = ({ failures, crashes, block, cycles, named }: TroubleRow): boolean =>
  failures === null && crashes === null && block === null && named === null && cycles.length === 0;

const isType = (type: string): type is TaskEventType => type in FOLDS;
/** As a later or earlier wire type of the same event names it. */
const baseOf = (type: string): string => type.replace(/\.v\d+$/, '');
const SILENT = new Set(Object.keys(FOLDS).filter((type) => isType(type) && FOLDS[type] === null));

const folded = <Type extends TaskEventType>(row: TroubleRow, { type, data }: { readonly type: Type; readonly data: DataOf<Type> }, revision: bigint) =>
  FOLDS[type]?.(row, data, revision) ?? row;

const apply = (known: TroubleRow | undefined, event: RecordedEvent): TroubleRow | undefined => {
  const told = decodeTaskEvent(event);
  if ('unreadable' in told) return known;
  const row = known ?? noTrouble(taskIdOfStream(event.stream));
  const after = folded(row, told, event.revision);
  return known === undefined && isQuiet(after) && after.taken.length === 0 ? undefined : after;
};

/** Whether a row may be cause for a diagnostic: the others need not be looked at. */
const isOpen = (row: TroubleRow): boolean => !isQuiet(row) || row.taken.some(({ late }) => late.length > 0);

/** One row per task that gave cause for a diagnostic; beats, claims and clean completions neither write nor, but for the last, read one. */
export const diagnostics: Projection<TroubleRow> = {
  name: 'diagnostics',
  fold: 1,
  prefix: 'task-',
  columns: { open: 'INTEGER' },
  indexes: ['(key) WHERE open = 1'],
  keyOf: ({ stream, type }) => (SILENT.has(baseOf(type)) ? undefined : taskIdOfStream(stream)),
  apply,
  indexed: (row) => [isOpen(row) ? 1 : 0],
};
