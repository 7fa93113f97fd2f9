import type { Handler } from './call.ts';
import type { Options } from './options.ts';

export type Verb = {
  readonly summary: string;
  /** As in help: `ID`, `[ID]`, `ID...`, `[ID...]`. The parser follows the same text. */
  readonly takes: readonly string[];
  /** What comes after `--`: a command with its arguments. */
  readonly rest?: 'cmd args…';
  readonly options: Options;
  readonly examples: readonly string[];
  /** Loaded only when this verb runs, so that no verb pays for another's imports. */
  readonly load: () => Promise<Handler>;
};
export type VerbTable = Readonly<Record<string, Verb>>;
