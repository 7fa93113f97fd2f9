import { capText } from '../../../domain/caps.ts';
import { toMs } from '../../../domain/instant.ts';
import type { RunEnd } from '../../../domain/task/state.ts';
import type { WaitingFor } from '../../../domain/waitingFor.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { about, age, timeText, withAge } from './ages.ts';
import { oneLine } from './printable.ts';

/** What is waited for, as it ends a sentence that begins with “waits for”. */
export const waitText = (wait: WaitingFor, now: number, board: string): string => {
  switch (wait.kind) {
    case 'pause':
      return `the board, paused since ${withAge(wait.since, now)}${wait.by === undefined ? '' : ` by ${oneLine(wait.by)}`}${wait.reason === null ? '' : `: ${oneLine(wait.reason)}`}`;
    case 'cap':
      return `a place: ${capText(wait, board)}`;
    case 'dependencies':
      return parentsText(wait.unfinished, wait.parents);
    case 'schedule':
      return toMs(wait.until) > now
        ? `its time, ${withAge(wait.until, now)}`
        : `whoever wakes it: due since ${withAge(wait.until, now)}; holdfast claim --next, serve or work does`;
    case 'cool_down':
    case 'back_off':
      return `its ${wait.kind === 'cool_down' ? 'cool-down' : 'back-off'}, over ${age(wait.until, now)} (${timeText(wait.until)})${because(wait)}`;
    case 'assignee':
      return `${wait.assignee}: only that name may claim it`;
    case 'unclaimed':
      return `a worker: nobody has claimed it for ${about(now - toMs(wait.since))}`;
    case 'blocked':
      return blockedText(wait, now);
    case 'triage':
      return `a person: in triage since ${withAge(wait.since, now)}`;
  }
};

const parentsText = (unfinished: number, parents: readonly string[]): string => {
  if (unfinished === 0) return 'nothing any more: its parents are finished, and it is about to go on';
  const more = unfinished - parents.length;
  return `${unfinished} ${unfinished === 1 ? 'parent' : 'parents'}: ${parents.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const because = ({ run, end, failures }: { readonly run: number | null; readonly end: RunEnd | null; readonly failures: number }): string => {
  if (run === null || end === null) return '';
  return end === 'rate_limited' ? `: run ${run} met a rate limit` : `: run ${run} ${end === 'failed' ? 'failed' : `ended as ${end}`}, ${failures} in a row`;
};

const blockedText = ({ by, block_kind, reason, since, failures }: Extract<WaitingFor, { kind: 'blocked' }>, now: number): string => {
  switch (by) {
    case 'creation':
      return 'a person: it was created blocked';
    case 'block':
      return `${block_kind ?? 'something'}${reason === null ? '' : `: ${oneLine(reason)}`} (since ${withAge(since, now)})`;
    case 'breaker':
      return `a person: it gave up after ${failures} failures in a row (${withAge(since, now)})`;
  }
};

/** What a person may type about it; null: nothing. */
export const waitCommand = (wait: WaitingFor, task_id: string): string | null => {
  switch (wait.kind) {
    case 'pause':
      return 'holdfast board resume';
    case 'cap':
      return 'holdfast list --status running';
    case 'dependencies':
      return `holdfast show ${wait.parents[0] ?? task_id}`;
    case 'schedule':
      return `holdfast promote ${task_id}`;
    case 'cool_down':
    case 'back_off':
    case 'blocked':
    case 'triage':
      return `holdfast unblock ${task_id}`;
    case 'assignee':
      return `holdfast claim ${task_id} --worker ${shellWord(wait.assignee)}`;
    case 'unclaimed':
      return `holdfast claim ${task_id}`;
  }
};
