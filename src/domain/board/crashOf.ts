import type { TaskEvent } from '../task/events.ts';
import type { Crash } from './crash.ts';
import { fingerprintOf } from './fingerprint.ts';

const lastLine = (output: string | null): string => output?.trimEnd().split('\n').at(-1)?.trim() ?? '';

type Said = { readonly error: string; readonly process: string | null };

/**
 * What ended a run, where that was a crash as facts/hermes-kanban.md §1.7 has it: its process is gone, was ended by a signal or with a non-zero exit,
 * went without a verdict, or could not be started. Not what a worker says itself, a limit of time or a rate limit.
 */
const crashIn = (event: TaskEvent): Said | undefined => {
  if (event.type === 'TaskReclaimed') {
    const { reason, rule, evidence } = event.data;
    return reason === 'crashed' ? { error: rule, process: evidence.probe.looked_at.join('; ') } : undefined;
  }
  if (event.type !== 'RunFailed') return undefined;
  const { outcome, exit_code, error, last_output } = event.data;
  const ofProcess = outcome === 'crashed' || outcome === 'spawn_failed' || outcome === 'no_verdict' || (outcome === 'failed' && exit_code !== null);
  const line = lastLine(last_output);
  return ofProcess ? { error: line === '' ? error : `${error}: ${line}`, process: null } : undefined;
};

/** The crash that an event tells of; undefined: none. */
export const crashOf = (
  event: TaskEvent,
  { task_id, revision, id }: { readonly task_id: string; readonly revision: bigint; readonly id: string },
): Crash | undefined => {
  const said = crashIn(event);
  if (said === undefined || (event.type !== 'TaskReclaimed' && event.type !== 'RunFailed')) return undefined;
  const { run, at } = event.data;
  return { task_id, run, revision: String(revision), event_id: id, at, fingerprint: fingerprintOf(said.error), process: said.process };
};
