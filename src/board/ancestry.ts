import type { FoldedTask } from '../domain/task/codec.ts';

/** The states of these tasks, in their order. */
export type ReadTasks = (ids: readonly string[]) => Promise<readonly FoldedTask[]>;

/** Tasks above one that are looked at for a cycle; a graph that is larger is refused, not half looked at. */
export const MOST_ANCESTORS = 20_000;

/** Links upwards from `from`, of a task `to` that waits, or would wait, for them. */
type Upwards = { readonly read: ReadTasks; readonly from: readonly string[]; readonly to: string };

export const parentsIn = (folded: FoldedTask | undefined): readonly string[] => (folded !== undefined && 'parents' in folded ? folded.parents : []);

/**
 * How `to` would wait for itself if it waited for `from`: the shortest path, from `to` to `to`; null when it would not. Walks the parents'
 * own streams, level by level.
 */
export const pathUp = async ({ read, from, to }: Upwards): Promise<readonly string[] | 'too_many' | null> => {
  const below = new Map<string, string>(from.map((id) => [id, to]));
  for (let level: readonly string[] = from; level.length > 0;) {
    if (below.size > MOST_ANCESTORS) return 'too_many';
    const tasks = await read(level);
    const links = level.flatMap((id, n) => parentsIn(tasks[n]).map((parent) => ({ id, parent })));
    const closing = links.find(({ parent }) => parent === to);
    if (closing !== undefined) return [...pathFrom(to, closing.id, below), to];
    const fresh = links.filter(({ parent }) => !below.has(parent));
    for (const { id, parent } of fresh) below.set(parent, id);
    level = [...new Set(fresh.map(({ parent }) => parent))];
  }
  return null;
};

const pathFrom = (to: string, id: string, below: ReadonlyMap<string, string>): readonly string[] => {
  const path: string[] = [];
  for (let at: string | undefined = id; at !== undefined && at !== to; at = below.get(at)) path.unshift(at);
  return [to, ...path];
};
