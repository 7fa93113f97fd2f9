import { taskStream } from '../domain/ids.ts';
import type { FoldedTask } from '../domain/task/codec.ts';
import type { ParentSeen } from '../domain/task/parents.ts';
import { isFinished, lastFinished } from '../domain/task/parents.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { Board } from './board.ts';
import { seenAs } from './family.ts';

type Given = {
  readonly store: EventStore;
  readonly load: (id: string) => Promise<FoldedTask>;
  readonly known: (id: string) => Promise<FoldedTask>;
  readonly promote: Board['execute'];
};

const FINISHES = new Set(['TaskCompleted', 'TaskArchived']);
const ACTOR = { kind: 'system', id: 'board' } as const;

/** The event that finished a task last. */
const finishOf = async (store: EventStore, taskId: string): Promise<string | undefined> => {
  const events = await store.readStream(taskStream(taskId), { direction: 'backwards' });
  return events.find(({ type }) => FINISHES.has(type))?.id;
};

/**
 * Looks at the parents of a waiting task once more after the append that let it wait: one that finished between the first look and that append
 * did so when nobody could see that this task waits for it. Then it gives the command that a promoter would, under the same id. It is not what the
 * caller asked for, so it never rejects: a promoter makes up for it.
 */
export const overtaken = ({ store, load, known, promote }: Given) => {
  const look = async (task_id: string): Promise<void> => {
    const task = await known(task_id);
    if (task.status !== 'todo') return;
    const seen: ParentSeen[] = [];
    // One that is open is enough; the youngest link is the likeliest to be.
    for (const id of task.parents.toReversed()) {
      if (task.waived.includes(id)) continue;
      const parent = await load(id);
      if (!isFinished(parent.status)) return;
      seen.push(seenAs(id, parent));
    }
    const last = lastFinished({ parents: seen.map((parent) => parent.task_id) }, seen);
    const cause = last === undefined ? undefined : await finishOf(store, last.task_id);
    if (cause === undefined) return;
    const command_id = `PromoteTask/${task_id}/${String(task.revision)}/${cause}`;
    await promote({ type: 'PromoteTask', task_id, by: 'gate' }, { command_id, causation_id: cause, actor: ACTOR });
  };
  return (taskId: string): Promise<void> => look(taskId).catch(() => undefined);
};
