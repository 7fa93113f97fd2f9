import type { TaskEventType } from './events.ts';

type Reach = {
  /** What becomes of the open run. */
  readonly run: 'begins' | 'ends' | 'stays';
  /** `may_enter`: its task may become claimable by it, or move in the order of those that are. `leaves`: at most the task stops being claimable. */
  readonly queue: 'may_enter' | 'leaves';
};

/** How far each event reaches. Whoever keeps runs or queues by the names of events asks here, so that a new event cannot be forgotten. */
const REACH = {
  TaskCreated: { run: 'stays', queue: 'may_enter' },
  TaskEdited: { run: 'stays', queue: 'may_enter' },
  TaskAssigned: { run: 'stays', queue: 'may_enter' },
  CommentAdded: { run: 'stays', queue: 'leaves' },
  TaskClaimed: { run: 'begins', queue: 'leaves' },
  WorkerStarted: { run: 'stays', queue: 'leaves' },
  HeartbeatRecorded: { run: 'stays', queue: 'leaves' },
  ClaimExtended: { run: 'stays', queue: 'leaves' },
  RunRevoked: { run: 'stays', queue: 'leaves' },
  ReclaimDeferred: { run: 'stays', queue: 'leaves' },
  TaskReclaimed: { run: 'ends', queue: 'may_enter' },
  ClaimReleased: { run: 'ends', queue: 'may_enter' },
  RunFailed: { run: 'ends', queue: 'may_enter' },
  TaskGaveUp: { run: 'stays', queue: 'leaves' },
  TaskCompleted: { run: 'ends', queue: 'leaves' },
  TaskBlocked: { run: 'ends', queue: 'leaves' },
  TaskEscalated: { run: 'stays', queue: 'leaves' },
  TaskUnblocked: { run: 'stays', queue: 'may_enter' },
  TaskArchived: { run: 'ends', queue: 'leaves' },
  TaskReopened: { run: 'stays', queue: 'may_enter' },
  TaskLinked: { run: 'stays', queue: 'may_enter' },
  TaskUnlinked: { run: 'stays', queue: 'may_enter' },
  TaskPromoted: { run: 'stays', queue: 'may_enter' },
  TaskDemoted: { run: 'stays', queue: 'leaves' },
  TaskScheduled: { run: 'stays', queue: 'leaves' },
  StaleCommandRefused: { run: 'stays', queue: 'leaves' },
} as const satisfies { readonly [Type in TaskEventType]: Reach };

type EndsRun = { [Type in TaskEventType]: (typeof REACH)[Type]['run'] extends 'ends' ? Type : never }[TaskEventType];
/** The events that tell how a run ended. TaskArchived does not: one that was open has been reclaimed before. */
export type EndingEvent = Exclude<EndsRun, 'TaskArchived'>;

const typesThat = (does: (reach: Reach) => boolean): ReadonlySet<string> =>
  new Set(Object.entries(REACH).flatMap(([type, reach]) => (does(reach) ? [type] : [])));

/** After these nobody holds the task. */
export const RUN_ENDS = typesThat(({ run }) => run === 'ends');
export const endsRun = <Event extends { readonly type: TaskEventType }>(event: Event): event is Extract<Event, { readonly type: EndsRun }> =>
  RUN_ENDS.has(event.type);

/** Events that change nothing in the order of what is ready, except that their own task may drop out. */
export const ONLY_LEAVES = typesThat(({ queue }) => queue === 'leaves');
