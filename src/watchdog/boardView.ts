import type { BoardState } from '../domain/board/board.ts';
import { inForce } from '../domain/policy.ts';
import type { HoldKeeper } from './holdKeeper.ts';
import type { LiveClaims } from './liveClaims.ts';
import type { WatchdogOptions } from './ports.ts';

/** The board's policy and (once) what was recorded of holds, read again when it changed and every few seconds: that read also shows whether the store is there. */
interface BoardView {
  /** Reads the board when it is time to; says in how many ms it will be again. */
  keepUp(): number;
  /** The board's own stream moved. */
  outdated(): void;
  /** False too while the board has an event that this version cannot read: it must not judge by half a policy. */
  known(): boolean;
  /** @throws before it is known */
  state(): BoardState;
}

/** How often the board is read (ms): twice within the shortest outage that counts. */
const PULSE_MS = 5000;
/** The same while holding (ms): the sooner an answer is seen, the sooner judging goes on. */
const HELD_PULSE_MS = 500;

type Viewing = Pick<WatchdogOptions, 'board' | 'recorded' | 'clock' | 'log'> & {
  readonly keeper: HoldKeeper;
  readonly claims: LiveClaims;
  readonly onChange: () => void;
  /** Aborted when the watchdog ends: the read under way then fails, which is no news. */
  readonly signal: AbortSignal;
};

export const boardView = ({ board, recorded, clock, log, keeper, claims, onChange, signal }: Viewing): BoardView => {
  let state: BoardState | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading = false;
  const read = async (): Promise<void> => {
    reading = true;
    readAt = clock.monotonic();
    try {
      const now = await keeper.read(board);
      if (state === undefined) keeper.observe(await keeper.read(recorded));
      const changed = state?.revision !== now.revision;
      state = now;
      if (changed) claims.use({ ...now.store_policy, ...now.policy });
      keeper.use(inForce('claim_ttl_ms', { board: now.policy, store: now.store_policy }).value);
      if (changed) onChange();
    } catch (error) {
      if (!signal.aborted) log?.warn({ err: error }, 'the board cannot be read');
    }
    reading = false;
  };
  return {
    keepUp: () => {
      const every = keeper.holding() || state === undefined ? HELD_PULSE_MS : PULSE_MS;
      if (!reading && clock.monotonic() >= readAt + every) void read();
      return reading ? HELD_PULSE_MS : readAt + every - clock.monotonic();
    },
    outdated: () => {
      readAt = Number.NEGATIVE_INFINITY;
    },
    known: () => state !== undefined && state.unreadable === null,
    state: () => {
      if (state === undefined) throw new Error('the board is not known yet');
      return state;
    },
  };
};
