import type { Clock } from '../../platform/clock.ts';

/** The world as a verb sees it: injected, so that a spec can stand in for the terminal. */
export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether stdout is a terminal, and how wide. */
  readonly terminal: boolean;
  readonly columns: number;
  /** Whether stderr is a terminal: progress bars live there. */
  readonly errTerminal: boolean;
  readonly clock: Clock;
  readonly user: () => string;
  readonly host: () => string;
  /** Aborted by SIGTERM, SIGINT or SIGHUP from the first call on; before that they end the process as usual. */
  readonly stopped: () => AbortSignal;
};
