import type { ProcessColumns, Processes } from './processColumns.ts';

/** Runs with a process recorded, by task; a walk over them leaves out what is afar. Each `Processes` is made when it is asked for. */
export interface KnownProcesses extends Iterable<readonly [taskId: string, processes: Processes]> {
  get(taskId: string): Processes | undefined;
  /** Nothing can be seen of these from here, until others are recorded. */
  afar(taskId: string): void;
  size(): number;
}

type KnownBySlot = { readonly slots: ReadonlyMap<string, number>; readonly tasks: readonly string[]; readonly recorded: ProcessColumns };

/** `slots` and `tasks` say which task is at which slot, and change under it. */
export const knownProcesses = ({ slots, tasks, recorded }: KnownBySlot): KnownProcesses => ({
  get: (taskId) => {
    const slot = slots.get(taskId);
    return slot === undefined ? undefined : recorded.get(slot);
  },
  afar: (taskId) => {
    const slot = slots.get(taskId);
    if (slot !== undefined) recorded.afar(slot);
  },
  // As with a Map, what changes during the walk is seen: each slot is looked up when its turn comes.
  *[Symbol.iterator]() {
    for (let slot = 0; slot < tasks.length; slot += 1) {
      const [task, near] = [tasks[slot], recorded.near(slot)];
      if (task !== undefined && near !== undefined) yield [task, near];
    }
  },
  size: () => recorded.size(),
});
