import { ofType, type Stored } from '../../../audit/runEvents.ts';
import type { Board, StoredTaskEvent } from '../../../board/board.ts';
import type { TaskEventType } from '../../../domain/task/events.ts';
import { START } from '../../../eventstore/port.ts';

/** What was expected did not happen; `seen` says what did. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
  readonly expected: string;
  readonly seen: string;
  constructor(expected: string, seen: string) {
    super(`expected ${expected}, saw ${seen}`);
    this.expected = expected;
    this.seen = seen;
  }
}

type Wanted<Type extends TaskEventType> = { readonly type: Type; readonly task_id: string; readonly where?: (event: Stored<Type>) => boolean };

/** Reads along in the log and waits for events: nothing in the demo sleeps. */
export type Witness = {
  /** The first such event, of those that are there and those to come. Rejects with Unmet when the signal aborts first. */
  readonly sees: <Type extends TaskEventType>(wanted: Wanted<Type>) => Promise<Stored<Type>>;
  /** When a condition on all events so far first holds. Rejects likewise. */
  readonly until: (expected: string, holds: (events: readonly StoredTaskEvent[]) => boolean) => Promise<void>;
  /** All events so far. */
  readonly events: () => readonly StoredTaskEvent[];
  /** Resolves when it has stopped reading; rejects with what the store says. */
  readonly done: Promise<void>;
};

type Options = { readonly board: Pick<Board, 'follow'>; readonly signal: AbortSignal; readonly tell: (event: StoredTaskEvent) => void };

export const witness = ({ board, signal, tell }: Options): Witness => {
  const events: StoredTaskEvent[] = [];
  const waiting = new Set<() => void>();
  const read = async (): Promise<void> => {
    for await (const batch of board.follow({ after: START, signal })) {
      events.push(...batch.events);
      batch.events.forEach(tell);
      waiting.forEach((look) => look());
    }
  };
  const until: Witness['until'] = (expected, holds) =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        waiting.delete(look);
        signal.removeEventListener('abort', gaveUp);
        settle();
      };
      const look = (): void => {
        if (holds(events)) end(resolve);
      };
      const gaveUp = (): void => end(() => reject(new Unmet(expected, `${String(signal.reason)} after ${events.length} events`)));
      waiting.add(look);
      signal.addEventListener('abort', gaveUp, { once: true });
      if (signal.aborted) gaveUp();
      else look();
    });
  const sees: Witness['sees'] = async ({ type, task_id, where = () => true }) => {
    const wanted = ofType(type);
    const find = () => events.filter(wanted).find((event) => event.task_id === task_id && where(event));
    await until(`${type} of ${task_id}`, () => find() !== undefined).catch((error: unknown) => {
      if (!(error instanceof Unmet)) throw error;
      const newest = events.filter((event) => event.task_id === task_id).at(-1);
      throw new Unmet(error.expected, `${newest?.type ?? 'no event of it'} as its newest event; ${error.seen}`);
    });
    const found = find();
    if (found === undefined) throw new Unmet(`${type} of ${task_id}`, 'nothing');
    return found;
  };
  return { sees, until, events: () => events, done: read() };
};
