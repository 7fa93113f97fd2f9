import type { Claimed, Refusal } from '../domain/task/answers.ts';
import type { Board, ClaimNext, NothingToClaim } from './board.ts';
import { inTurn } from './inTurn.ts';
import type { BoardClock, ReadyTasks } from './ports.ts';

/** Refusals that only mean: this one is gone, try the next. */
const LOST = new Set(['AlreadyClaimed', 'NotClaimable', 'NotFound', 'StillAlive', 'Unreadable']);

/** A waiting claim looks again at least this often (ms), should a wake-up be missed. */
const LOOK_AGAIN_MS = 5000;

/** `claimNext` of a board: nominated by the read model, decided by each task's own stream. */
export const claimNext = ({
  board,
  ready,
  clock,
}: {
  readonly board: Pick<Board, 'execute' | 'state' | 'follow'>;
  readonly ready: ReadyTasks;
  readonly clock: BoardClock;
}): Board['claimNext'] => {
  const claim = (taskId: string, { worker, assignee, lease_ms, process }: ClaimNext, options: Parameters<Board['claimNext']>[1]) =>
    board.execute(
      { type: 'ClaimTask', task_id: taskId, worker, process: process ?? null, assignee: assignee ?? null, ...(lease_ms === undefined ? {} : { lease_ms }) },
      options,
    );

  const tryAll = async (wanted: ClaimNext, options: Parameters<Board['claimNext']>[1]): Promise<Claimed | Refusal | undefined> => {
    const passed = new Set<string>();
    for (;;) {
      const taskId = await ready.next(wanted, passed);
      if (taskId === undefined) return undefined;
      const answer = await claim(taskId, wanted, options);
      if (answer.ok || !LOST.has(answer.code)) return answer;
      passed.add(taskId);
    }
  };

  const nothing = async (wanted: ClaimNext): Promise<NothingToClaim & { readonly until: number | null }> => {
    const { paused } = await board.state();
    const { counts, until } = await ready.waiting(wanted);
    const why = paused !== null ? 'paused' : Object.keys(counts).length === 0 ? 'empty' : 'waiting';
    return { ok: false, code: 'NothingToClaim', message: TEXT[why](counts, paused?.reason ?? null), why, waiting: counts, until };
  };

  /** Resolves when a task of this board changed after `since`, when one stops waiting by itself, or after `ms`. */
  const somethingHappens = async (since: bigint, ms: number, outer: AbortSignal | undefined): Promise<void> => {
    const over = new AbortController();
    const signal = outer === undefined ? over.signal : AbortSignal.any([outer, over.signal]);
    const moved = async () => {
      for await (const { events } of board.follow({ after: since, signal })) if (events.length > 0) return;
    };
    await Promise.race([moved(), clock.sleep(ms, signal)]);
    over.abort();
  };

  const claimOne: Board['claimNext'] = async (wanted, options = {}) => {
    const repeated = options.command_id === undefined ? undefined : await ready.claimedBy(options.command_id);
    if (repeated !== undefined) return claim(repeated, wanted, options);
    const deadline = clock.now() + (wanted.wait_ms ?? 0);
    for (;;) {
      const since = await ready.head();
      const tried = await tryAll(wanted, options);
      if (tried !== undefined && (tried.ok || tried.code !== 'BoardPaused')) return tried;
      const { until, ...why } = await nothing(wanted);
      const left = deadline - clock.now();
      if (left <= 0 || wanted.signal?.aborted === true) return why;
      await somethingHappens(since, Math.min(left, LOOK_AGAIN_MS, until === null ? left : Math.max(until - clock.now(), 1)), wanted.signal);
    }
  };
  // Two at once under one command id would each find that nothing was claimed under it yet.
  const turns = inTurn();
  return async (wanted, options = {}) => {
    const { command_id } = options;
    return command_id === undefined ? claimOne(wanted, options) : turns(command_id, () => claimOne(wanted, options));
  };
};

const TEXT: { readonly [Why in NothingToClaim['why']]: (counts: Readonly<Record<string, number>>, reason: string | null) => string } = {
  empty: () => 'nothing to claim: no task is ready',
  paused: (_, reason) => `nothing to claim: the board is paused${reason === null ? '' : ` (${reason})`}`,
  waiting: (counts) =>
    `nothing to claim: all tasks wait (${Object.entries(counts)
      .map(([what, count]) => `${count} on ${what}`)
      .join(', ')})`,
};
