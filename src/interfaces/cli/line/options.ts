import type { PolicyKey } from '../../../domain/policy.ts';

/** What an option takes; checked before anything is opened. */
type OptionKind = 'flag' | 'text' | 'integer' | 'number' | 'duration' | 'json';

export type Option = {
  readonly kind: OptionKind;
  readonly means: string;
  /** How the value is called in help. */
  readonly value?: string;
  readonly short?: string;
  readonly many?: true;
  readonly choices?: readonly string[];
  /** The limit whose range its number has. */
  readonly limit?: PolicyKey;
};
export type Options = Readonly<Record<string, Option>>;

/** On every verb. */
export const GLOBAL_OPTIONS: Options = {
  store: {
    kind: 'text',
    value: 'ADDRESS',
    means: 'where the log is: a path, memory: or esdb://… (default: HOLDFAST_STORE, else the nearest .holdfast upwards)',
  },
  board: { kind: 'text', value: 'NAME', means: 'which board (default: HOLDFAST_BOARD, else main)' },
  json: { kind: 'flag', means: 'one JSON document on stdout: { schema_version, data } or { schema_version, error }' },
  help: { kind: 'flag', short: 'h', means: 'what this verb does, with examples' },
};

/** On every verb that writes. */
export const WRITING_OPTIONS: Options = {
  'command-id': { kind: 'text', value: 'ID', means: 'makes it repeatable: the same id again gives the first answer and writes nothing' },
  as: { kind: 'text', value: 'human:NAME', means: 'who says so, when HOLDFAST_RUN is not set (attribution, not authentication)' },
};

/** On what a worker says about the run it holds. */
export const WORKER_OPTIONS: Options = {
  run: { kind: 'integer', value: 'N', means: 'the run you hold (default: HOLDFAST_RUN when ID is HOLDFAST_TASK)' },
  worker: { kind: 'text', value: 'NAME', means: 'who holds it (default: HOLDFAST_WORKER, else user@host)' },
};

export const REASON: Option = { kind: 'text', value: 'TEXT', means: 'why; kept in the history' };
export const LEASE: Option = {
  kind: 'duration',
  limit: 'claim_ttl_ms',
  value: '15m',
  means: 'how long without a heartbeat (default: the task’s, else the board’s)',
};
export const AT: Option = { kind: 'text', value: 'POINT', means: 'as it was then: a time, or for one task a revision, for the board a position' };
export const LABELS: Option = { kind: 'text', value: 'LABEL', many: true, means: 'may be given several times' };
/** On every verb that claims. */
export const CAPS: Options = {
  cap: { kind: 'text', value: 'N', means: 'only while fewer runs than N are open on the board (besides its own max_running)' },
  'cap-per-assignee': { kind: 'text', value: 'N', means: 'only while fewer than N are open in this name: --assignee, else --worker' },
};
export const PARENTS: Option = { kind: 'text', value: 'ID', many: true, means: 'a task that must be finished first; may be given several times' };
export const TIME: Option = { kind: 'text', value: 'TIME', means: 'not before this time, with its zone: 2030-11-22T06:00:00Z' };
