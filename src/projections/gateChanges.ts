import { taskIdOfStream } from '../domain/ids.ts';
import type { TaskEventType } from '../domain/task/events.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import { childrenOf, closesCycle, hasCycle, parentsOf, tasksWithParents } from './dependencies.ts';
import { getTask } from './lists.ts';
import type { ReadModel } from './readModel.ts';
import type { Rows } from './views.ts';

/**
 * Tasks of a board that may have to move: one that waits may go on, one that is ready may have to wait. `linked`: where a link may have
 * closed a cycle. `scheduled`: a schedule was made or changed. Which of them do is asked of the rows, when it is their turn.
 */
export type GateBatch = {
  readonly task_ids: readonly string[];
  readonly linked: readonly { readonly task_id: string; readonly parents: readonly string[] }[];
  readonly scheduled: boolean;
  /** The rows that are asked show the log at least so far. */
  readonly position: bigint;
  readonly caught_up: boolean;
};
type GateChangesOf = { readonly readModel: ReadModel; readonly board: string; readonly signal?: AbortSignal };

const TASKS_AT_ONCE = 1000;

type Matter = 'own' | 'children' | 'both';
/** Whom an event may move: the task itself, its children, or both. Events that are not here move nobody. */
const MATTERS: Partial<Readonly<Record<TaskEventType, Matter>>> = {
  TaskCreated: 'own',
  TaskLinked: 'own',
  TaskUnlinked: 'own',
  TaskPromoted: 'own',
  TaskBlocked: 'own',
  TaskUnblocked: 'own',
  TaskReclaimed: 'own',
  RunFailed: 'own',
  ClaimReleased: 'own',
  TaskReopened: 'both',
  TaskCompleted: 'children',
  TaskArchived: 'children',
};
const isKnown = (type: string): type is keyof typeof MATTERS => type in MATTERS;
const matterOf = ({ type }: RecordedEvent): Matter | undefined => (isKnown(type) ? MATTERS[type] : undefined);

const parentsIn = ({ data: { parents } }: RecordedEvent): readonly string[] => (Array.isArray(parents) ? parents.map(String) : []);
/** Most tasks are created with nothing to wait for. */
const waits = (event: RecordedEvent): boolean => event.type !== 'TaskCreated' || parentsIn(event).length > 0;
const schedules = ({ type, data }: RecordedEvent): boolean => type === 'TaskScheduled' || (type === 'TaskCreated' && data['scheduled_until'] !== undefined);

/** Every task with parents once, from the rows; then whom each batch of the log may move. At least once. Ends with the signal; rejects with the errors of the event store. */
export async function* gateChanges({ readModel, board, signal }: GateChangesOf): AsyncGenerator<GateBatch, void, void> {
  const until = signal && { signal };
  const { position } = await readModel.catchUp({ ...until });
  yield { task_ids: [], linked: [], scheduled: true, position, caught_up: false };
  for await (const task_ids of pagesOf((after) => readModel.peek((rows) => tasksWithParents(rows, { after, limit: TASKS_AT_ONCE }), { at: position }))) {
    if (signal?.aborted === true) return;
    const linked = await readModel.peek((rows) => crossing(rows, board, task_ids), { at: position });
    yield { task_ids, linked, scheduled: false, position, caught_up: false };
  }
  for await (const { events, position: reached, caught_up } of readModel.follow({ after: position, ...until })) {
    const own = events.filter(({ stream, metadata }) => stream.startsWith('task-') && metadata['board'] === board);
    yield { ...(await movedBy(rowsAt(readModel, reached), own)), scheduled: own.some(schedules), position: reached, caught_up };
  }
}

/** Links that closed a cycle and are still there, because whoever made them died before the second look. */
const crossing = (rows: Rows, board: string, ids: readonly string[]): GateBatch['linked'] =>
  ids
    .filter((id) => closesCycle(rows, id) && getTask(rows, id)?.board === board)
    .map((task_id) => ({ task_id, parents: parentsOf(rows, task_id).map(({ parent }) => parent) }));

type Ask = <Answer>(query: (rows: Rows) => Answer) => Promise<Answer>;
const rowsAt =
  ({ peek }: ReadModel, at: bigint): Ask =>
  (query) =>
    peek(query, { at });

const movedBy = async (ask: Ask, events: readonly RecordedEvent[]): Promise<Pick<GateBatch, 'task_ids' | 'linked'>> => {
  const ids = new Set<string>();
  const links: { readonly task_id: string; readonly parents: readonly string[] }[] = [];
  for (const event of events) {
    const [matter, task_id] = [matterOf(event), taskIdOfStream(event.stream)];
    if (matter === undefined) continue;
    if (matter !== 'children' && waits(event)) ids.add(task_id);
    if (matter !== 'own') for await (const page of children(ask, task_id)) page.forEach((child) => ids.add(child));
    if (event.type === 'TaskLinked' && (await ask((rows) => hasCycle(rows, task_id)))) links.push({ task_id, parents: parentsIn(event) });
  }
  return { task_ids: [...ids], linked: links };
};

const children = (ask: Ask, taskId: string): AsyncGenerator<readonly string[], void, void> =>
  pagesOf((after) => ask((rows) => childrenOf(rows, taskId, { after, limit: TASKS_AT_ONCE })));

async function* pagesOf(ask: (after: string) => Promise<readonly string[]>): AsyncGenerator<readonly string[], void, void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly string[] = await ask(after);
    yield page;
    after = page.length < TASKS_AT_ONCE ? undefined : page.at(-1);
  }
}
