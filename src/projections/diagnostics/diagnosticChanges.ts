import { boardStream, taskIdOfStream } from '../../domain/ids.ts';
import type { RecordedEvent } from '../../eventstore/port.ts';
import type { Clock } from '../../platform/clock.ts';
import { getBoard } from '../lists.ts';
import type { FollowedLog, ReadModel } from '../readModel.ts';
import type { Rows } from '../views.ts';
import { ledger, type DiagnosticChange, type Ledger } from './changes.ts';
import { diagnose, type Diagnosis } from './diagnose.ts';
import { atLeast } from './diagnostic.ts';
import type { ListDiagnostics } from './list.ts';
import { subject, subjects } from './subjects.ts';

type DiagnosticChangesOf = Omit<ListDiagnostics, 'now'> & { readonly readModel: ReadModel; readonly clock: Clock; readonly signal?: AbortSignal };

/** `position`: the changes show the log at least so far. `caught_up`: nothing is known to be missing. */
export type DiagnosticBatch = { readonly changes: readonly DiagnosticChange[]; readonly position: bigint; readonly caught_up: boolean };

/** The least time between two looks that no event asked for (ms), because thousands of tasks may fall due one after the other. */
const PAUSE_MS = 250;

/** These can end what is said of a task, but never begin anything: only time does that. */
const ONLY_SOOTHES = new Set(['HeartbeatRecorded', 'ClaimExtended', 'WorkerStarted']);

const NOTHING: Diagnosis = { diagnostics: [], again_at: null };

/**
 * The diagnostics of a board as they are, each as `raised`, then what becomes of them: once per batch of the log, and when time alone
 * changes something. Ends with the signal; rejects with the errors of the event store.
 */
export async function* diagnosticChanges(options: DiagnosticChangesOf): AsyncGenerator<DiagnosticBatch, void, void> {
  const { readModel, clock, signal } = options;
  const known = ledger();
  const over = new AbortController();
  const ends = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const { position } = await readModel.catchUp({ signal: ends });
  let at = position;
  const look = (which: Which) => readModel.peek((rows) => looked(rows, options, known, which), { at });
  const log = readModel.follow({ after: position, signal: ends })[Symbol.asyncIterator]();
  try {
    yield { changes: await look('all'), position, caught_up: false };
    let next = pulled(log);
    for (;;) {
      const woken = await first(next, { clock, signal: ends, until: known.next() });
      if (woken !== 'time' && woken.done === true) return;
      const batch = woken === 'time' ? null : woken.value;
      if (batch !== null) next = pulled(log);
      at = batch?.position ?? at;
      const changes = await look(batch === null ? known.due(clock.now()) : touched(batch, known, options.board));
      if (batch !== null || changes.length > 0) yield { changes, position: at, caught_up: batch?.caught_up ?? true };
    }
  } finally {
    over.abort();
    await log.return?.();
  }
}

/** Asks for the next batch before anyone awaits it: should that fail meanwhile, it is no unhandled rejection, but fails when it is awaited. */
const pulled = <Value>(log: AsyncIterator<Value>): Promise<IteratorResult<Value>> => {
  const next = log.next();
  next.catch(() => undefined);
  return next;
};

type Which = 'all' | readonly string[];

/** Looks at tasks and enters what there is to say of them. */
const looked = (rows: Rows, { board: name, store_policy, clock, task_id, severity = 'warning' }: DiagnosticChangesOf, known: Ledger, which: Which) => {
  const board = getBoard(rows, name);
  if (board === undefined) return [];
  const [now, layers] = [clock.now(), { board: board.policy, store: store_policy }];
  const wanted = atLeast(severity);
  const fresh = new Map<string, Diagnosis>();
  const found =
    which === 'all' && task_id === undefined ? subjects(rows, board) : (which === 'all' ? [task_id ?? ''] : which).map((id) => subject(rows, board, id));
  for (const each of found) {
    if (each === undefined) continue;
    const { diagnostics, again_at } = diagnose(each, layers, now);
    fresh.set(each.task.task_id, { diagnostics: diagnostics.filter(wanted), again_at });
  }
  const gone = which === 'all' ? known.tasks().filter((id) => !fresh.has(id)) : [];
  return [...gone.map((id) => [id, NOTHING] as const), ...fresh].flatMap(([id, diagnosis]) =>
    task_id === undefined || task_id === id ? known.put(id, diagnosis) : [],
  );
};

/** Whose diagnostics a batch of the log may have changed. */
const touched = ({ events }: FollowedLog, known: Ledger, board: string): Which => {
  if (events.some(({ stream }) => stream === boardStream(board))) return 'all';
  const ids = new Set(events.flatMap((event) => idOf(event, known)));
  if (events.some(({ type }) => type.startsWith('TaskCreated'))) for (const id of waitingForTasks(known)) ids.add(id);
  return [...ids];
};

const idOf = ({ stream, type }: RecordedEvent, known: Ledger): readonly string[] => {
  if (!stream.startsWith('task-')) return [];
  const id = taskIdOfStream(stream);
  const before = ONLY_SOOTHES.has(type) ? known.get(id) : undefined;
  return before?.diagnostics.length === 0 ? [] : [id];
};

const PHANTOMS = ['phantom_results', 'phantom_mentions'];
const waitingForTasks = (known: Ledger): readonly string[] =>
  known.tasks().filter((id) => known.get(id)?.diagnostics.some(({ kind }) => PHANTOMS.includes(kind)) === true);

type Wait = { readonly clock: Clock; readonly signal: AbortSignal; readonly until: number | null };

/** Whichever comes first: what was promised, or the instant. */
const first = async <Value>(promised: Promise<Value>, { clock, signal, until }: Wait): Promise<Value | 'time'> => {
  if (until === null) return promised;
  const awake = new AbortController();
  const asleep = clock.sleep(Math.max(until - clock.now(), PAUSE_MS), AbortSignal.any([signal, awake.signal]));
  const slept = asleep.then<Value | 'time'>(() => (signal.aborted ? promised : 'time'));
  try {
    return await Promise.race<Value | 'time'>([promised, slept]);
  } finally {
    awake.abort();
  }
};
