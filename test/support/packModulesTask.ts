import type { DataOf } from '../../src/domain/task/events.ts';

/** The task of most specs as it is created, but for its id and its instant. */
export const PACK_MODULES: Omit<DataOf<'TaskCreated'>, 'at' | 'task_id'> = {
  board: 'main',
  title: 'Pack modules',
  body: null,
  input: null,
  labels: [],
  assignee: null,
  priority: 0,
  parents: [],
  tenant: null,
  status: 'ready',
  limits: {},
  idempotency_key: null,
};
