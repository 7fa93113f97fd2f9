import type { Handler } from '../call.ts';
import type { Options } from './options.ts';

export type Verb = {
  readonly summary: string;
  /** As in help: `ID`, `[ID]`, `ID...`, `[ID...]`. The parser follows the same text. */
  readonly takes: readonly string[];
  /** What comes after `--`: a command with its arguments. */
  readonly rest?: 'cmd args…';
  readonly options: Options;
  /** Options that must be given, as the usage shows them. */
  readonly needs?: string;
  /** Exit codes that only this verb has, or has in another sense, with what they mean. */
  readonly exits?: readonly (readonly [code: string, means: string])[];
  readonly examples: readonly string[];
  /** For a verb that answers with its child's exit code: what its own failures exit with (usage and refusals keep theirs). */
  readonly failure_exit?: 125;
  /** What it writes is said by the worker, not by the person who started it. */
  readonly agent?: true;
  /** Loaded only when this verb runs, so that no verb pays for another's imports. */
  readonly load: () => Promise<Handler>;
};
export type VerbTable = Readonly<Record<string, Verb>>;
