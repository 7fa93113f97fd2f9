import type { ExecuteOptions } from '../../board/board.ts';
import { TaskEvent, type TaskEventType } from '../../domain/task/events.ts';
import { SEVERITIES } from '../../projections/diagnostics/diagnostic.ts';
import type { ListTasks } from '../../projections/lists.ts';
import { STATUSES } from '../../projections/taskRow.ts';
import { countFrom, duration, flag, number, oneOf, schema, signal, someOf, text, texts, type Allowed } from '../../worker/allowed.ts';
import type { WorkOptions } from '../../worker/workOptions.ts';
import type { ClaimNextOptions, ClaimOptions, DiagnosticsOptions, EventsOptions, OpenBoard } from './libraryBoard.ts';

/** Anything passes here: parseActor checks it, and says more about what is wrong. */
const actor = { takes: 'human:NAME, agent:NAME or system:NAME', is: () => true };

export const OPEN_BOARD: Allowed<OpenBoard> = { actor, board: text, store: text, create: flag, synchronous: oneOf(['FULL', 'NORMAL']) };

export const CLAIM: Allowed<ClaimOptions<unknown, unknown>> = {
  input: schema,
  checkpoint: schema,
  worker: text,
  lease: duration,
  cap: number,
  cap_per_assignee: number,
  signal,
};
const AMONG = { labels: texts, assignee: text };

export const CLAIM_NEXT: Allowed<ClaimNextOptions<unknown, unknown>> = { ...CLAIM, ...AMONG, wait: duration };

export const WORK: Allowed<WorkOptions<unknown, unknown>> = {
  ...CLAIM,
  ...AMONG,
  concurrency: { takes: 'a number from 1', is: (value) => typeof value === 'number' && value >= 1 },
  drain: duration,
  watchdog: flag,
};

const EVENT_TYPES: readonly string[] = TaskEvent.options.map(({ shape }) => shape.type.value);
export const EVENTS: Allowed<EventsOptions<TaskEventType>> = { after: text, types: someOf(EVENT_TYPES), signal };

export const LIST: Allowed<Omit<ListTasks, 'board'>> = {
  status: someOf(STATUSES),
  label: text,
  assignee: text,
  worker: text,
  parent: text,
  after: { takes: 'the created_position of a task', is: (value) => typeof value === 'string' && /^-?\d+$/.test(value) },
  limit: countFrom(1),
};

export const DIAGNOSTICS: Allowed<DiagnosticsOptions> = { severity: oneOf(SEVERITIES), task_id: text };
export const DIAGNOSTIC_CHANGES: Allowed<DiagnosticsOptions & { readonly signal?: AbortSignal }> = { ...DIAGNOSTICS, signal };

export const EXECUTE: Allowed<ExecuteOptions> = {
  command_id: text,
  actor: { takes: 'an object with kind and id', is: (value) => typeof value === 'object' && value !== null },
  correlation_id: text,
  causation_id: text,
};
