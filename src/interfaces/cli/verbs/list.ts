import { toMs } from '../../../domain/instant.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { diagnosticsOf } from '../../../projections/diagnostics/list.ts';
import { countByStatus, getBoard, listTasks } from '../../../projections/lists.ts';
import type { ListTasks } from '../../../projections/lists.ts';
import { rowsAt } from '../../../projections/past.ts';
import { STATUSES } from '../../../projections/taskRow.ts';
import type { Rows } from '../../../projections/views.ts';
import { explained, type Explain } from '../../../projections/waiting.ts';
import { pointOf } from '../asOf.ts';
import type { Call, Handler } from '../call.ts';
import { countsOf, hintOf } from '../text/diagnosticsText.ts';
import { UsageError } from '../errors.ts';
import { noSuchBoard } from '../missingBoard.ts';
import { done, failed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { checkedId } from '../task.ts';
import { taskLines } from '../text/taskLines.ts';

const DEFAULT_LIMIT = 50;
const MOST = 1000;
const SHOWN = STATUSES.filter((status) => status !== 'archived');

export const list: Handler = async (call) => {
  const { args, io } = call;
  const query = queryOf(call);
  const at = args.text('at');
  const point = at === undefined ? undefined : pointOf(at, 'position', io.clock.now());
  const { readModel, store, kind } = await call.open();
  const shown = (rows: Rows, now: number) => page(call, rows, query, { board: query.board, now, store_policy: kind.policy });
  if (point === undefined || point.by === 'revision') return (await readModel()).read((rows) => shown(rows, io.clock.now()));
  if (point.by === 'position') {
    const last = await store.head();
    if (point.position > last) return failed('NotFound', `the log has no position ${point.position}; its last is ${last}`, { last_position: last });
  }
  const past = await rowsAt({ store, at: point.by === 'time' ? { time: point.at } : { position: point.position } });
  try {
    return shown(past.rows, point.by === 'time' ? toMs(point.at) : latest(past.rows, query, io.clock.now()));
  } finally {
    past.close();
  }
};

/** With `--at POSITION`, “now” is the instant at which the newest of the tasks shown changed last. */
const latest = (rows: Rows, query: ListTasks, fallback: number): number => {
  const times = listTasks(rows, { ...query, limit: MOST }).map(({ updated_at }) => toMs(updated_at));
  return times.length === 0 ? fallback : Math.max(...times);
};

const page = (call: Call, rows: Rows, query: ListTasks, explain: Explain): Outcome => {
  const tasks = listTasks(rows, { ...query, limit: query.limit + 1 });
  const shown = tasks.slice(0, query.limit);
  const cursor = tasks.length > query.limit ? (shown.at(-1)?.created_position ?? null) : null;
  if (shown.length === 0 && call.args.text('at') === undefined && getBoard(rows, query.board) === undefined) return noSuchBoard(query.board);
  const found = diagnosticsOf(
    rows,
    explain,
    shown.map(({ task_id }) => task_id),
  );
  const listed = explained(rows, shown, explain).map((task) => ({
    ...task,
    diagnostics: found.flatMap(({ task_id, kind }) => (task_id === task.task_id ? [kind] : [])),
  }));
  const limits = { policy: getBoard(rows, query.board)?.policy ?? {}, store_policy: explain.store_policy };
  const lines = [
    taskLines(listed, explain.now, call, limits),
    ...hintOf(countsOf(found), call.paste),
    ...(cursor === null ? [] : [`more: ${call.paste(`holdfast list${askedOf(call)} --after ${cursor}`)}`]),
  ];
  const text = listed.length === 0 ? nothing(countByStatus(rows, query.board), call) : lines.join('\n');
  return done({ tasks: listed, cursor }, text);
};

const FILTERS = ['status', 'label', 'assignee', 'worker', 'parent', 'after'] as const;

/** What was asked, for the next page to be asked the same. */
const askedOf = ({ args }: Pick<Call, 'args'>): string => {
  const limit = args.number('limit');
  const given = [...FILTERS, 'at']
    .filter((option) => option !== 'after')
    .flatMap((option) => args.texts(option).map((value) => ` --${option} ${shellWord(value)}`));
  return [...given, limit === undefined ? '' : ` --limit ${limit}`].join('');
};

const nothing = (counts: Readonly<Record<string, number>>, { args, paste }: Pick<Call, 'args' | 'paste'>): string => {
  const all = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  if (all.length === 0) return `no tasks yet; next: ${paste('holdfast create "Say hi"')}`;
  if (FILTERS.some((option) => args.texts(option).length > 0)) return `no such task (${all.join(', ')})`;
  return `all tasks are archived (${all.join(', ')}); next: ${paste('holdfast list --status archived')}`;
};

const queryOf = ({ args, settings }: Call): ListTasks => {
  const given = STATUSES.filter((status) => args.texts('status').includes(status));
  const [label, assignee, worker] = [oneLabel(args.texts('label')), args.text('assignee'), args.text('worker')];
  const [parent, after] = [args.text('parent'), args.text('after')];
  return {
    board: settings.board.value,
    status: given.length > 0 ? given : SHOWN,
    limit: limitOf(args.number('limit')),
    ...(label === undefined ? {} : { label }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(parent === undefined ? {} : { parent: checkedId(parent) }),
    ...(worker === undefined ? {} : { worker }),
    ...(after === undefined ? {} : { after: cursorOf(after) }),
  };
};

const oneLabel = (labels: readonly string[]): string | undefined => {
  if (labels.length > 1) throw new UsageError('list takes one --label', { option: '--label', value: labels });
  return labels[0];
};

const cursorOf = (text: string): string => {
  if (!/^\d+$/.test(text)) throw new UsageError(`--after ‘${text}’ is not allowed: it takes the cursor of the page before`, { option: '--after', value: text });
  return text;
};

export const limitOf = (given: number | undefined): number => {
  if (given !== undefined && (given < 1 || given > MOST)) {
    throw new UsageError(`--limit ‘${given}’ is not allowed: it takes 1 to ${MOST}`, { option: '--limit', value: given, allowed: `1 to ${MOST}` });
  }
  return given ?? DEFAULT_LIMIT;
};
