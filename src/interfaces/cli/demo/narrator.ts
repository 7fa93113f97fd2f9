import type { StoredTaskEvent } from '../../../board/board.ts';
import { elapsed, instantOf } from '../../../domain/instant.ts';
import { PARTS, type CreatedTasks, type Part } from './tasks.ts';

/** Which act a task belongs to. */
export const ACTS: Readonly<Record<Part, string>> = {
  silent: '(1)',
  frozen: '(2)',
  library: '(3)',
  failing: '(4)',
  loop: '(5)',
  first: '(6)',
  second: '(6)',
  third: '(6)',
};

export type Narrator = {
  /** What the log says, as it happens. */
  readonly event: (event: StoredTaskEvent) => void;
  /** What the demo does. */
  readonly deed: (part: Part, text: string) => void;
};

type Options = { readonly say: (line: string) => void; readonly now: () => number; readonly began: number; readonly tasks: CreatedTasks };

/** Tells the stories event by event, and of the other tasks only that they are done. */
export const narrator = ({ say, now, began, tasks }: Options): Narrator => {
  const acts = new Map(PARTS.map((part) => [tasks[part], ACTS[part]]));
  let done = 0;
  const line = (at: string, act: string, text: string): void => say(`${seconds(elapsed(instantOf(began), at))}  ${act.padEnd(4)}${text}`);
  return {
    event: (event) => {
      if (event.type === 'TaskCompleted') done += 1;
      const act = acts.get(event.task_id) ?? '';
      const text = textOf(event, act !== '', done);
      if (text !== undefined) line(event.data.at, act, `${event.task_id}  ${text}`);
    },
    deed: (part, text) => line(instantOf(now()), ACTS[part], `>>> ${text}`),
  };
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(6)}s`;

const textOf = (event: StoredTaskEvent, inStory: boolean, done: number): string | undefined => {
  if (event.type === 'TaskCompleted') {
    const { run, worker, summary } = event.data;
    return `done by ${worker} in run ${run}: ${summary ?? ''}  [${done} done]`;
  }
  return inStory ? storyOf(event) : undefined;
};

const storyOf = (event: StoredTaskEvent): string | undefined => {
  switch (event.type) {
    case 'TaskClaimed':
      return `run ${event.data.run} claimed by ${event.data.worker}`;
    case 'WorkerStarted':
      return `run ${event.data.run} started: child pid ${event.data.child.pid}, supervisor pid ${event.data.supervisor.pid}`;
    case 'HeartbeatRecorded':
      return `run ${event.data.run} beats${event.data.note === undefined ? '' : ` “${event.data.note}”`}`;
    case 'ClaimExtended':
      return `run ${event.data.run} extended, ${event.data.why}, no heartbeat`;
    case 'RunRevoked':
      return `run ${event.data.run} REVOKED ${event.data.reason}; its child is being stopped`;
    case 'ReclaimDeferred':
      return `run ${event.data.run} could not be stopped yet: ${event.data.survivors.join(', ')} live on`;
    case 'TaskReclaimed':
      return `run ${event.data.run} RECLAIMED ${event.data.reason}${stopText(event.data.stop)}`;
    case 'RunFailed':
      return `run ${event.data.run} FAILED ${event.data.outcome}: ${event.data.error}`;
    case 'TaskGaveUp':
      return `GAVE UP after ${event.data.failures} of ${event.data.limit} failures`;
    case 'StaleCommandRefused':
      return `run ${event.data.run} is over: its ${event.data.command} is REFUSED, the payload kept at revision ${event.revision}`;
    case 'TaskBlocked':
      return `run ${event.data.run} BLOCKED: ${event.data.reason}`;
    case 'TaskPromoted':
      return `PROMOTED: ${event.data.to} now`;
    case 'TaskUnblocked':
      return `unblocked: ${event.data.reason}`;
    case 'ClaimReleased':
      return `run ${event.data.run} released: ${event.data.reason}`;
    case 'TaskCreated':
    case 'TaskEdited':
    case 'TaskAssigned':
    case 'CommentAdded':
    case 'TaskCompleted':
    case 'TaskEscalated':
    case 'TaskArchived':
    case 'TaskReopened':
    case 'TaskLinked':
    case 'TaskUnlinked':
    case 'TaskDemoted':
    case 'TaskScheduled':
      return undefined;
  }
};

const stopText = (stop: Extract<StoredTaskEvent, { type: 'TaskReclaimed' }>['data']['stop']): string =>
  stop === null
    ? '; not ours to stop: fenced'
    : `; ${stop.signals.map(({ signal }) => signal).join(', ')}, ${stop.confirmed ? `gone after ${(stop.took_ms / 1000).toFixed(1)} s` : 'not seen gone'}`;
