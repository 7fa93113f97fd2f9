import type { Call } from './call.ts';
import { UsageError } from './errors.ts';
import { EXIT } from './exits.ts';
import { done } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { pasteableOutcome } from './paste.ts';
import { checkedId } from './task.ts';

/**
 * One id is answered by itself; several by `data.results[]`, one each in the order given, each `{ task_id, data }` or `{ task_id, error }`.
 * The exit code is the first failure's. Every id is checked before the first is acted upon.
 */
export const each = async (
  call: Pick<Call, 'paint' | 'paste' | 'args'>,
  ids: readonly string[],
  one: (taskId: string) => Promise<Outcome>,
): Promise<Outcome> => {
  const checked = ids.map(checkedId);
  const [only] = checked;
  if (only !== undefined && checked.length === 1) return one(only);
  if (call.args.text('command-id') !== undefined) throw new UsageError('--command-id names one command: give one ID', { option: '--command-id' });
  const results: { readonly task_id: string; readonly outcome: Outcome }[] = [];
  for (const task_id of checked) results.push({ task_id, outcome: pasteableOutcome(await one(task_id), call.paste) });
  const exit = results.find(({ outcome }) => outcome.exit !== EXIT.ok)?.outcome.exit ?? EXIT.ok;
  const data = results.map(({ task_id, outcome }) => ({ task_id, ...partOf(outcome) }));
  return done({ results: data }, results.map(({ task_id, outcome }) => lineOf(task_id, outcome, call)).join('\n'), exit);
};

const partOf = (outcome: Outcome) => {
  switch (outcome.kind) {
    case 'data':
      return { data: outcome.data };
    case 'error':
      return { error: outcome.error };
    case 'streamed':
      return {};
  }
};

const lineOf = (taskId: string, outcome: Outcome, { paint }: Pick<Call, 'paint'>): string => {
  switch (outcome.kind) {
    case 'data':
      return outcome.text;
    case 'error':
      return `${taskId} ${paint.red(outcome.error.code)}: ${outcome.error.message}`;
    case 'streamed':
      return '';
  }
};
