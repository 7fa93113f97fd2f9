const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Limit = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly zero: 'off' | 'allowed' | 'refused';
  readonly means: string;
};

/**
 * Every duration (ms) and limit of a board: default, range, whether 0 is off, and what it decides.
 * Defaults are the reference system's where it has one (facts/hermes-kanban.md §1.3–§1.14); the others are design §5's.
 */
export const POLICY = {
  claim_ttl_ms: { default: 15 * MINUTE, min: 5 * SECOND, max: DAY, zero: 'refused', means: 'length of a lease; a heartbeat renews it' },
  heartbeat_max_stale_ms: {
    default: HOUR,
    min: 5 * SECOND,
    max: 7 * DAY,
    zero: 'off',
    means: 'a run whose last beat is older loses its lease although its process lives',
  },
  max_runtime_ms: { default: 0, min: SECOND, max: 30 * DAY, zero: 'off', means: 'longest run' },
  running_stale_ms: {
    default: 4 * HOUR,
    min: 5 * SECOND,
    max: 30 * DAY,
    zero: 'off',
    means: 'a run older than this and silent for running_silence is taken back',
  },
  running_silence_ms: { default: HOUR, min: 5 * SECOND, max: 30 * DAY, zero: 'off', means: 'silence that makes an old run stale' },
  progress_timeout_ms: {
    default: 0,
    min: SECOND,
    max: 30 * DAY,
    zero: 'off',
    means: 'a run that beats but changes neither percent nor checkpoint for so long is taken back',
  },
  supervisor_silence_ms: {
    default: 30 * SECOND,
    min: SECOND,
    max: HOUR,
    zero: 'allowed',
    means: 'how long a living supervisor may take to book the death of its child',
  },
  foreign_grace_ms: { default: 60 * SECOND, min: SECOND, max: HOUR, zero: 'allowed', means: 'how long the watchdog of another host judges first' },
  stop_grace_ms: { default: 5 * SECOND, min: 100, max: 10 * MINUTE, zero: 'allowed', means: 'time between SIGTERM and SIGKILL' },
  rate_limit_cooldown_ms: { default: 300 * SECOND, min: SECOND, max: DAY, zero: 'off', means: 'a run that ended with exit 75 makes its task wait this long' },
  retry_backoff_ms: {
    default: 30 * SECOND,
    min: 100,
    max: DAY,
    zero: 'off',
    means: 'a failed task waits this long, less up to a quarter, twice as long after each further failure in a row',
  },
  retry_backoff_max_ms: { default: HOUR, min: 100, max: 7 * DAY, zero: 'refused', means: 'the longest such wait' },
  clock_grace_ms: { default: 0, min: 0, max: MINUTE, zero: 'allowed', means: 'clock difference between hosts that is harmless' },
  same_error_limit: { default: 3, min: 2, max: 1000, zero: 'off', means: 'runs that crash with the same error, after which the board is paused' },
  same_error_window_ms: { default: 60 * SECOND, min: SECOND, max: DAY, zero: 'refused', means: 'the time within which those crashes count' },
  failure_limit: { default: 2, min: 1, max: 1000, zero: 'refused', means: 'failures in a row after which the task gives up' },
  unclaimed_after_ms: { default: 10 * MINUTE, min: SECOND, max: 7 * DAY, zero: 'off', means: 'a ready task that nobody claimed for so long says so' },
  max_running: { default: 0, min: 1, max: 100_000, zero: 'off', means: 'runs open on the board at once' },
  max_running_per_assignee: { default: 0, min: 1, max: 100_000, zero: 'off', means: 'runs open at once in one name: --assignee of the claim, else the worker' },
  diagnose_failures: { default: 0, min: 1, max: 1000, zero: 'allowed', means: 'failures in a row that diagnostics report; 0: failure_limit' },
  diagnose_crashes: { default: 2, min: 1, max: 1000, zero: 'off', means: 'crashes in a row that diagnostics report' },
  diagnose_cycles: { default: 3, min: 1, max: 50, zero: 'off', means: 'times blocked and lifted again within diagnose_window that diagnostics report' },
  diagnose_false_reclaims: {
    default: 1,
    min: 1,
    max: 8,
    zero: 'off',
    means: 'runs taken away although their worker spoke again within diagnose_window that diagnostics report',
  },
  diagnose_window_ms: { default: DAY, min: MINUTE, max: 30 * DAY, zero: 'refused', means: 'how far back diagnostics count' },
  diagnose_blocked_ms: { default: DAY, min: SECOND, max: 30 * DAY, zero: 'off', means: 'blocked so long without a comment is stuck' },
  diagnose_stranded_ms: {
    default: 30 * MINUTE,
    min: SECOND,
    max: 30 * DAY,
    zero: 'off',
    means: 'ready so long for one worker is stranded: an error after twice, critical after six times that',
  },
  diagnose_no_progress_ms: {
    default: HOUR,
    min: SECOND,
    max: 30 * DAY,
    zero: 'off',
    means: 'a run that beats so long with the same percent and checkpoint makes no progress',
  },
  diagnose_overdue_ms: { default: MINUTE, min: SECOND, max: DAY, zero: 'off', means: 'a lease over for so long means that nobody watches' },
} as const satisfies Record<string, Limit>;
