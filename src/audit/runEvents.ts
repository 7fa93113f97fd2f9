import type { StoredTaskEvent } from '../board/board.ts';
import type { TaskEventType } from '../domain/task/events.ts';
import { endsRun, type EndingEvent } from '../domain/task/reach.ts';

/** An event of one type, with its place. */
export type Stored<Type extends TaskEventType> = Extract<StoredTaskEvent, { type: Type }>;

export type Ending = Stored<Exclude<EndingEvent, 'TaskCompleted'>>;

export type RunEvents = {
  readonly claimed: Stored<'TaskClaimed'>;
  readonly beats: readonly Stored<'HeartbeatRecorded'>[];
  readonly extensions: readonly Stored<'ClaimExtended'>[];
  /** More than one where a person wished something else while it was being stopped. */
  readonly revocations: readonly Stored<'RunRevoked'>[];
  /** undefined while it is open, or when it was completed. */
  readonly ending: Ending | undefined;
  readonly late: readonly Stored<'StaleCommandRefused'>[];
};

const isEnding = (event: StoredTaskEvent): event is Ending => endsRun(event) && event.type !== 'TaskArchived' && event.type !== 'TaskCompleted';

/** Whether an event is of this type. */
export const ofType =
  <Type extends TaskEventType>(type: Type) =>
  (event: StoredTaskEvent): event is Stored<Type> =>
    event.type === type;

/** The events of each run, the first run first. */
export const runsIn = (history: readonly StoredTaskEvent[]): readonly RunEvents[] =>
  history.filter(ofType('TaskClaimed')).map((claimed) => {
    const own = history.filter((event) => 'run' in event.data && event.data.run === claimed.data.run);
    return {
      claimed,
      beats: own.filter(ofType('HeartbeatRecorded')),
      extensions: own.filter(ofType('ClaimExtended')),
      revocations: own.filter(ofType('RunRevoked')),
      ending: own.find(isEnding),
      late: own.filter(ofType('StaleCommandRefused')),
    };
  });
