import { z } from 'zod';
import { BoardSlug, Revision, TaskId } from '../ids.ts';

/** The one meaning of "this parent counts as finished", wherever it is asked: done, or put away. */
export const FINISHED = ['done', 'archived'] as const;
export const isFinished = (status: string): boolean => FINISHED.some((finished) => finished === status);

/** Most parents of one task: their ids fit into one append, with room for everything else in it. */
export const MOST_PARENTS = 5000;
export const Parents = z.array(TaskId).max(MOST_PARENTS, `a task may have at most ${MOST_PARENTS} parents`);

/** A parent at a revision of its own stream: what an event names as its cause. */
export const ParentAt = z.object({ task_id: TaskId, status: z.string(), revision: Revision });
export type ParentAt = z.output<typeof ParentAt>;

/** A parent as the board saw it when it decided; `absent` (then without a board) and `unreadable` are no statuses of a task. */
export const ParentSeen = z.object({ ...ParentAt.shape, board: BoardSlug.nullable(), changed_at: z.string() });
export type ParentSeen = z.output<typeof ParentSeen>;
export const ParentsSeen = z.array(ParentSeen).default([]);

/** Why a task moved between waiting and ready. */
export const Because = z.discriminatedUnion('by', [
  // Promoted: the parent that finished last. Demoted: one that is not finished (any more). `parents`: how many of its kind there are.
  z.object({ by: z.literal('parents'), parent: ParentAt, parents: z.int().min(1) }),
  z.object({ by: z.literal('unlinked'), parent: TaskId }),
  z.object({ by: z.literal('schedule'), until: z.string() }),
  z.object({ by: z.literal('operator'), reason: z.string().nullable() }),
]);
export type Because = z.output<typeof Because>;

/** Of what was seen, the part that is stored in an event. */
export const parentAt = ({ task_id, status, revision }: ParentAt): ParentAt => ({ task_id, status, revision });

type Family = { readonly parents: readonly string[]; readonly waived: readonly string[] };

const unseen = (task_id: string): ParentSeen => ({ task_id, status: 'absent', revision: '0', board: null, changed_at: '' });

/** Each of these tasks as it was seen; one that was not looked at counts as absent. */
export const seenOf = (ids: readonly string[], seen: readonly ParentSeen[]): readonly ParentSeen[] => {
  const known = new Map(seen.map((parent) => [parent.task_id, parent]));
  return ids.map((id) => known.get(id) ?? unseen(id));
};

/** The parents that a task still waits for: linked, not waived, not finished. */
export const unfinishedOf = ({ parents, waived }: Family, seen: readonly ParentSeen[]): readonly ParentSeen[] => {
  if (parents.length === 0) return [];
  const ignored = new Set(waived);
  return seenOf(
    parents.filter((id) => !ignored.has(id)),
    seen,
  ).filter(({ status }) => !isFinished(status));
};

/** The parent that finished last; undefined when none has. */
export const lastFinished = ({ parents }: Pick<Family, 'parents'>, seen: readonly ParentSeen[]): ParentSeen | undefined =>
  seenOf(parents, seen)
    .filter(({ status }) => isFinished(status))
    .toSorted((a, b) => (a.changed_at === b.changed_at ? 0 : a.changed_at < b.changed_at ? 1 : -1))[0];
