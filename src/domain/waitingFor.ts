import type { BoardState, Paused } from './board/board.ts';
import { capsInForce, overCap, type OpenRuns, type OverCap } from './caps.ts';
import { latest, plus, type Instant } from './instant.ts';
import { inForce } from './policy.ts';
import type { DataOf } from './task/events.ts';
import type { BlockedBy, RunEnd, Status } from './task/state.ts';
import { waitAfter, type Wait } from './task/waiting.ts';

/** One reason why nothing happens to a task, with its facts: the same in show, list, ready and the answer to a claim that found nothing. */
export type WaitingFor =
  | ({ readonly kind: 'pause' } & Paused)
  | ({ readonly kind: 'cap' } & OverCap)
  /** `parents`: the first of the unfinished ones. */
  | { readonly kind: 'dependencies'; readonly unfinished: number; readonly parents: readonly string[] }
  | { readonly kind: 'schedule'; readonly until: Instant }
  /** After which run, and how many failures there are in a row. */
  | { readonly kind: Wait; readonly until: Instant; readonly run: number | null; readonly end: RunEnd | null; readonly failures: number }
  /** Only this name may claim it. */
  | { readonly kind: 'assignee'; readonly assignee: string; readonly since: Instant }
  /** Nothing stands in the way, and yet nobody claimed it for `unclaimed_after`. */
  | { readonly kind: 'unclaimed'; readonly since: Instant; readonly after_ms: number }
  | {
      readonly kind: 'blocked';
      readonly by: BlockedBy['by'];
      readonly block_kind: DataOf<'TaskBlocked'>['kind'] | null;
      readonly reason: string | null;
      readonly since: Instant;
      readonly failures: number;
    }
  | { readonly kind: 'triage'; readonly since: Instant };

/** What of a task decides why it waits; a row of the lists has it as well as a state folded from the stream. */
export type Waits = {
  readonly status: Status | 'unreadable';
  readonly status_since: Instant;
  readonly assignee: string | null;
  readonly not_before: Instant | null;
  readonly scheduled_until: Instant | null;
  readonly failures: number;
  readonly last_end: { readonly run: number; readonly end: RunEnd } | null;
  readonly blocked: { readonly by: BlockedBy['by']; readonly kind: DataOf<'TaskBlocked'>['kind'] | null; readonly reason: string | null } | null;
  /** Unfinished parents that it waits for: how many, and the first of them; null: it has no parents. */
  readonly open_parents: { readonly count: number; readonly ids: readonly string[] } | null;
};

/** What of the board decides. `open`: admitted runs, of the board and in a name; undefined where nobody counted, then nothing is said of caps. */
export type BoardNow = {
  readonly board: Pick<BoardState, 'paused' | 'policy' | 'store_policy'>;
  readonly open?: (name: string) => OpenRuns;
  /** Who asks: what is assigned to this name does not wait for it. */
  readonly viewer?: string;
};

const cap = ({ assignee }: Waits, { board, open, viewer }: BoardNow): readonly WaitingFor[] => {
  const name = assignee ?? viewer;
  const caps = capsInForce({ worker: name ?? '' }, board);
  if (open === undefined || caps === undefined) return [];
  const { max_running_per_assignee: _, ...ofBoard } = caps;
  const over = overCap(name === undefined ? ofBoard : caps, name ?? '', open(name ?? ''));
  return over === null ? [] : [{ kind: 'cap', ...over }];
};

const delayed = ({ not_before, last_end, failures }: Waits, now: Instant): readonly WaitingFor[] => {
  if (not_before === null || not_before <= now) return [];
  return [{ kind: waitAfter(last_end?.end), until: not_before, run: last_end?.run ?? null, end: last_end?.end ?? null, failures }];
};

const unclaimed = ({ status_since, not_before }: Waits, { board }: BoardNow, now: Instant): readonly WaitingFor[] => {
  const since = not_before === null ? status_since : latest(status_since, not_before);
  const { value: after_ms } = inForce('unclaimed_after_ms', { board: board.policy, store: board.store_policy });
  return after_ms === 0 || now < plus(since, after_ms) ? [] : [{ kind: 'unclaimed', since, after_ms }];
};

const ready = (task: Waits, now: Instant, boardNow: BoardNow): readonly WaitingFor[] => {
  const { assignee, status_since: since } = task;
  const { paused } = boardNow.board;
  const stands: readonly WaitingFor[] = [...(paused === null ? [] : [{ kind: 'pause', ...paused } as const]), ...cap(task, boardNow), ...delayed(task, now)];
  const others: readonly WaitingFor[] = assignee === null || assignee === boardNow.viewer ? [] : [{ kind: 'assignee', assignee, since }];
  return [...stands, ...others, ...(stands.length === 0 ? unclaimed(task, boardNow, now) : [])];
};

const blocked = ({ blocked: block, status_since: since, failures }: Waits): readonly WaitingFor[] =>
  block === null ? [] : [{ kind: 'blocked', by: block.by, block_kind: block.kind, reason: block.reason, since, failures }];

/** A task in todo without parents was blocked as a dependency: on something that the board does not know. */
const todo = ({ open_parents, status_since: since, failures }: Waits): WaitingFor =>
  open_parents === null
    ? { kind: 'blocked', by: 'block', block_kind: 'dependency', reason: null, since, failures }
    : { kind: 'dependencies', unfinished: open_parents.count, parents: open_parents.ids };

/** The parents that a scheduled task will still wait for once its time has come. */
const parentsOf = ({ open_parents: open }: Waits): readonly WaitingFor[] =>
  open === null || open.count === 0 ? [] : [{ kind: 'dependencies', unfinished: open.count, parents: open.ids }];

/** Everything that a task waits for now; empty: nothing, because it runs, is over, or may be claimed by whoever comes. Pure: it knows only what it is handed. */
export const waitingFor = (task: Waits, now: Instant, boardNow: BoardNow): readonly WaitingFor[] => {
  const { status, status_since: since, scheduled_until: until } = task;
  switch (status) {
    case 'ready':
      return ready(task, now, boardNow);
    case 'todo':
      return [todo(task)];
    case 'scheduled':
      return [...(until === null ? [] : [{ kind: 'schedule', until } as const]), ...parentsOf(task)];
    case 'blocked':
      return blocked(task);
    case 'triage':
      return [{ kind: 'triage', since }];
    case 'running':
    case 'done':
    case 'archived':
    case 'unreadable':
      return [];
  }
};
