import type { FailureOutcome } from '../../domain/outcomes.ts';
import type { Exit } from './gatedChild.ts';

/** What exit 0 means when the child has not said how its run ended. */
export type OnZero = 'complete' | 'require-verdict';

/** EX_TEMPFAIL of sysexits.h: the child was rate limited and wants its task to wait. */
const RATE_LIMITED = 75;

export const isRateLimit = ({ code, spawn_error }: Exit): boolean => spawn_error === null && code === RATE_LIMITED;

/** How a run ended whose child ended by itself without a verdict of its own (the supervisor's rows of design §5.6). */
export const exitVerdict = ({ code, signal, spawn_error }: Exit, onZero: OnZero): 'completed' | FailureOutcome => {
  if (spawn_error !== null) return 'spawn_failed';
  if (signal !== null) return 'crashed';
  if (code === 0) return onZero === 'complete' ? 'completed' : 'no_verdict';
  return code === RATE_LIMITED ? 'rate_limited' : 'failed';
};

/** A child that is not stopped by its supervisor gets these from a person, another program or the kernel; all others come of what it did itself. */
const SENT: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGQUIT', 'SIGTERM']);

/** The same for people, in the error of RunFailed. */
export const exitText = ({ code, signal, spawn_error }: Exit): string => {
  if (spawn_error !== null) return spawn_error;
  if (signal !== null) return `ended by ${signal}${SENT.has(signal) ? ', sent from elsewhere' : ''}`;
  if (code === 0) return 'exit 0 without complete, fail, block or release';
  return code === RATE_LIMITED ? `exit ${RATE_LIMITED}: rate limited` : `exit ${code}`;
};
