import { z } from 'zod';

/** `t_` and 10 Crockford base32 characters (no I, L, O, U). */
export const TaskId = z.string().regex(/^t_[0-9A-HJKMNP-TV-Z]{10}$/, 'a task id looks like t_7K3M9QX2VD');
export type TaskId = z.output<typeof TaskId>;

export const BoardSlug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a board name has 1 to 64 of a-z 0-9 _ - and begins with a letter or digit');
export type BoardSlug = z.output<typeof BoardSlug>;

const WORKER_RANGE = 'a worker’s name has 1 to 200 characters';
export const WorkerId = z.string(WORKER_RANGE).min(1, WORKER_RANGE).max(200, WORKER_RANGE);
export type WorkerId = z.output<typeof WorkerId>;

const RUN_RANGE = 'a run is a whole number from 1';
/** One attempt at a task, numbered 1, 2, 3 … in its stream: the fencing token. */
export const Run = z.int(RUN_RANGE).min(1, RUN_RANGE);
export type Run = z.output<typeof Run>;

/** Index of an event in its stream, as it stands in JSON. */
export const Revision = z.string().regex(/^\d+$/);
export type Revision = z.output<typeof Revision>;

export const taskStream = (id: TaskId): string => `task-${id}`;
export const boardStream = (board: BoardSlug): string => `board-${board}`;
export const watchdogStream = (board: BoardSlug): string => `watchdog-${board}`;
export const taskIdOfStream = (stream: string): TaskId => stream.slice('task-'.length);
