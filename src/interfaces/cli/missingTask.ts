import { failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** `where`: on which board, and of when. */
export const noSuchTask = (task_id: string, where: string): Outcome =>
  failed('NotFound', `there is no task ${task_id} ${where}; \`holdfast list\` shows what there is`, { task_id });
