import type { Claimed, Refusal } from '../domain/task/answers.ts';
import { inTurn } from '../eventstore/inTurn.ts';
import type { Board, ClaimNext, ExecuteOptions } from './board.ts';
import { nothingToClaim } from './nothingToClaim.ts';
import type { BoardClock, ReadyTasks } from './ports.ts';
import type { Tasks } from './tasks.ts';

/** Refusals that only mean: this task is gone, try the next. WaitsForParents too: a parent was reopened, and the claim itself has made the task wait. */
const GONE = new Set(['AlreadyClaimed', 'NotClaimable', 'NotFound', 'Unreadable', 'WaitsForParents']);
/** It is ready, but not to be claimed from here now: try the next, and offer it again later. */
const NOT_NOW = 'StillAlive';

/** Refusals of every claim that end by themselves, or by what others do. */
const PASSES = new Set(['BoardPaused', 'AtCap']);

const isGone = ({ code, board }: Refusal): boolean => GONE.has(code) && !(code === 'Unreadable' && board !== undefined);

/** A waiting claim looks again at least this often (ms), should a wake-up be missed. */
const LOOK_AGAIN_MS = 5000;

type Parts = {
  readonly board: Pick<Board, 'name' | 'state' | 'follow'>;
  readonly tasks: Pick<Tasks, 'execute' | 'readAhead'>;
  readonly ready: ReadyTasks;
  readonly clock: BoardClock;
};

/** `claimNext` of a board: nominated by the read model, decided by each task's own stream. */
export const claimNext = (parts: Parts): Board['claimNext'] => {
  // Two at once under one command id would each find that nothing was claimed under it yet.
  const { run } = inTurn();
  return async (wanted, options = {}) => {
    const { command_id } = options;
    if (command_id === undefined) return untilClaimed(parts, wanted, options);
    return run(command_id, async () => {
      const repeated = await parts.ready.claimedBy(command_id);
      return repeated === undefined ? untilClaimed(parts, wanted, options) : claim(parts, repeated, wanted, options);
    });
  };
};

const untilClaimed = async (parts: Parts, wanted: ClaimNext, options: ExecuteOptions): ReturnType<Board['claimNext']> => {
  const { board, ready, clock } = parts;
  const deadline = clock.monotonic() + (wanted.wait_ms ?? 0);
  let since: bigint | undefined;
  for (;;) {
    const tried = await tryAll(parts, wanted, options);
    if (tried !== undefined && (tried.ok || !PASSES.has(tried.code))) return tried;
    if (tried === undefined && (await ready.wake())) continue;
    const found = await nothingToClaim(board, ready, wanted, tried);
    if (found.code !== 'NothingToClaim') return found;
    const { until, ...why } = found;
    if (options.command_id !== undefined && tried !== undefined && 'run' in tried) return why; // that claim was its one answer
    const left = deadline - clock.monotonic();
    if (left <= 0 || wanted.signal?.aborted === true) return why;
    if (since === undefined) {
      since = await ready.head(); // read only now, because most claims never wait; then look once more, so that nothing before it is missed
      continue;
    }
    await somethingHappens(parts, since, Math.min(left, LOOK_AGAIN_MS, until === null ? left : Math.max(until - clock.now(), 1)), wanted.signal);
    since = undefined;
  }
};

const tryAll = async (parts: Parts, wanted: ClaimNext, options: ExecuteOptions): Promise<Claimed | Refusal | undefined> => {
  const { ready, tasks } = parts;
  const passed = new Set<string>();
  for (;;) {
    const nominated = await ready.next(wanted, passed);
    if (nominated === undefined) return undefined;
    await tasks.readAhead(nominated);
    const answer = await claim(parts, nominated.task_id, wanted, { ...options, as_of: nominated.as_of }).catch(async (error: unknown) => {
      await ready.lookAgain(wanted);
      throw error;
    });
    if (answer.ok) return answer;
    if (!isGone(answer)) {
      await ready.lookAgain(wanted);
      if (answer.code !== NOT_NOW) return answer;
    }
    passed.add(nominated.task_id);
  }
};

const claim = ({ tasks }: Parts, task_id: string, wanted: ClaimNext, options: Parameters<Tasks['execute']>[1]) => {
  const { worker, assignee = null, process = null, lease_ms, cap, cap_per_assignee } = wanted;
  const asked = {
    ...(lease_ms === undefined ? {} : { lease_ms }),
    ...(cap === undefined ? {} : { cap }),
    ...(cap_per_assignee === undefined ? {} : { cap_per_assignee }),
  };
  return tasks.execute({ type: 'ClaimTask', task_id, worker, process, assignee, ...asked }, options);
};

/** Resolves when a task of this board changed after `since`, when one stops waiting by itself, or after `ms`. */
const somethingHappens = async ({ board, clock }: Parts, since: bigint, ms: number, outer: AbortSignal | undefined): Promise<void> => {
  // Not AbortSignal.any: it would be one more hold on a signal that lives as long as the worker, for every wait.
  const over = new AbortController();
  const end = (): void => over.abort();
  outer?.addEventListener('abort', end, { once: true });
  if (outer?.aborted === true) end();
  const { signal } = over;
  const moved = async () => {
    for await (const { events } of board.follow({ after: since, signal })) if (events.length > 0) return;
  };
  try {
    await Promise.race([moved(), clock.sleep(ms, signal)]);
  } finally {
    end();
    outer?.removeEventListener('abort', end);
  }
};
