import type { Refusal } from '../domain/task/answers.ts';
import type { FoldedTask } from '../domain/task/codec.ts';
import type { CommandOf } from '../domain/task/commands.ts';
import type { EventStore } from '../eventstore/port.ts';
import type { ReadTasks } from './ancestry.ts';
import type { Board } from './board.ts';
import { familyOf, type Family } from './family.ts';
import { secondLook } from './linking.ts';
import { overtaken } from './overtaken.ts';

/** Streams read side by side. */
const READ_AT_ONCE = 64;

type Given = {
  readonly store: EventStore;
  readonly load: (id: string) => Promise<FoldedTask>;
  /** As it was last known here. */
  readonly known: (id: string) => Promise<FoldedTask>;
  readonly execute: Board['execute'];
};

/** The tasks around one that the handler looks at for the decider: its parents and the links above it, before the decision and after. */
export const relativesOf = ({ store, load, known, execute }: Given) => {
  const read: ReadTasks = async (ids) => {
    const folded: FoldedTask[] = [];
    for (let from = 0; from < ids.length; from += READ_AT_ONCE) folded.push(...(await Promise.all(ids.slice(from, from + READ_AT_ONCE).map(load))));
    return folded;
  };
  return {
    look: familyOf({ read, known }),
    lookOnceMore: secondLook({ store, read, unlink: execute }),
    promoteOvertaken: overtaken({ store, load, known, promote: execute }),
  };
};

export const isLink = (command: { readonly type: string }): command is CommandOf<'LinkTask'> => command.type === 'LinkTask';

/** Whether the command left its task waiting, or was refused because it waits. */
export const letsWait = (answer: { readonly ok: true; readonly status: string } | Refusal): boolean =>
  answer.ok ? answer.status === 'todo' : answer.code === 'WaitsForParents';

/** The task got another parent while its parents were looked at. */
export const LOOK_AGAIN: Refusal = { ok: false, code: 'WrongStatus', message: 'its parents changed meanwhile' };
const LOOKS = 100;

/** Looks at the parents and decides, again whenever somebody else has linked another one meanwhile. */
export const untilCovered = async <Answer>(
  look: () => Promise<Family | Refusal>,
  once: (family: Family) => Promise<Answer | Refusal>,
): Promise<Answer | Refusal> => {
  for (let attempt = 0; attempt < LOOKS; attempt += 1) {
    const family = await look();
    if ('ok' in family) return family;
    const answer = await once(family);
    if (answer !== LOOK_AGAIN) return answer;
  }
  throw new Error(`somebody else changed the parents ${LOOKS} times in a row`);
};
