import type { Refusal } from '../domain/task/answers.ts';
import { taskStream } from '../domain/ids.ts';
import type { CommandInputOf } from '../domain/task/commands.ts';
import type { EventStore } from '../eventstore/port.ts';
import { parentsIn, pathUp, type ReadTasks } from './ancestry.ts';
import type { Board } from './board.ts';

type Given = { readonly store: EventStore; readonly read: ReadTasks; readonly unlink: Board['execute'] };

/** Position of the event that linked the two last; -1 when none did. */
const linkedAt = async (store: EventStore, child: string, parent: string): Promise<bigint> => {
  const events = await store.readStream(taskStream(child), { direction: 'backwards' });
  const links = events.find(({ type, data }) => {
    const { parents } = data;
    return (type === 'TaskLinked' || type === 'TaskCreated') && Array.isArray(parents) && parents.includes(parent);
  });
  return links?.position ?? -1n;
};

/** The cycle for which this link was taken back before, if that is the last that was said of the two. */
const takenBack = async (store: EventStore, child: string, parent: string): Promise<readonly string[] | undefined> => {
  const events = await store.readStream(taskStream(child), { direction: 'backwards' });
  const last = events.find(({ data: { parents } }) => Array.isArray(parents) && parents.includes(parent));
  const cycle = last?.type === 'TaskUnlinked' ? last.data['cycle'] : undefined;
  return Array.isArray(cycle) ? cycle.map(String) : undefined;
};

const refused = (task_id: string, parent: string, path: readonly string[]): Refusal => {
  const message = `${task_id} and ${parent} were linked both ways at the same time, which is a cycle: ${path.join(' waits for ')}. This link was taken back.`;
  return { ok: false, code: 'DependencyCycle', message, path };
};

/** Whether the first link of this cycle was stored after all its others: then it is the one that closed it. */
const closedIt = async (store: EventStore, path: readonly string[]): Promise<boolean> => {
  const links = await Promise.all(path.slice(1).map((parent, n) => linkedAt(store, path[n] ?? '', parent)));
  return links.every((position) => position <= (links[0] ?? -1n));
};

/**
 * The second look, after a link was stored: two that were made at once, each blind to the other, may have closed a cycle. Whoever's link came
 * last in the log sees both, and takes its own back. undefined: there is none, or another link closed it.
 */
export const secondLook =
  ({ store, read, unlink }: Given) =>
  async ({ task_id, parents }: Pick<CommandInputOf<'LinkTask'>, 'task_id' | 'parents'>): Promise<Refusal | undefined> => {
    const linked = (await read([task_id])).flatMap(parentsIn);
    for (const parent of parents) {
      // A repeated command may find that its link was taken back the first time: then it gets that answer again.
      const before = linked.includes(parent) ? undefined : await takenBack(store, task_id, parent);
      if (before !== undefined) return refused(task_id, parent, before);
      const path = await pathUp({ read, from: [parent], to: task_id });
      if (path === null || path === 'too_many' || !(await closedIt(store, path))) continue;
      await unlink({ type: 'UnlinkTask', task_id, parents: [parent], cycle: [...path] });
      return refused(task_id, parent, path);
    }
    return undefined;
  };
