import { taskStream } from '../domain/ids.ts';
import { encodeTaskEvent, foldEvent, noTask } from '../domain/task/codec.ts';
import type { CommandOf, TaskCommandType } from '../domain/task/commands.ts';
import type { TaskEvent } from '../domain/task/events.ts';
import type { EventStore, RecordedEvent } from '../eventstore/port.ts';
import type { OwnBoard } from './ownBoard.ts';
import { askedOf, type Envelope } from './envelope.ts';
import { familyThen, withFamily } from './family.ts';
import { asFirstSeen } from './observer.ts';
import { onState, type Answer } from './onState.ts';
import { firstRun, REMEMBERED } from './repeated.ts';

type Given = { readonly store: EventStore; readonly own: Pick<OwnBoard, 'statesBefore'> };

/** Whether a decision is the one that was stored, but for what was seen and not asked. */
const isStored = (decided: readonly TaskEvent[], stored: readonly RecordedEvent[]): boolean =>
  decided.length === stored.length &&
  decided.map(encodeTaskEvent).every(({ type, data }, n) => type === stored[n]?.type && askedOf(data) === askedOf(stored[n].data));

/**
 * What an earlier run of a command answered, decided again on what it saw: the streams before its events, that instant, that look at the
 * processes. Its policy is the newest one that leads to what is stored: it may have changed between the look at it and the append.
 */
export const firstAnswer =
  ({ store, own }: Given) =>
  async <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>, sent: Envelope): Promise<Answer<Type> | undefined> => {
    // A claim may be asked for again after more beats than REMEMBERED, by a caller who never got the answer: search the whole stream.
    const limit = type === 'ClaimTask' ? undefined : REMEMBERED;
    const found = await firstRun(store, taskStream(command.task_id), sent, limit);
    if (found === undefined || 'ok' in found) return found;
    const { first, events } = found;
    const before = found.before.reduce(foldEvent, noTask);
    const then = withFamily(asFirstSeen(command, first), familyThen(command, before, events));
    let newest: Answer<Type> | undefined;
    for (const board of await own.statesBefore(first.position)) {
      // Its events were stored, so the board existed and was not paused when it was decided, whatever came into its stream just before them.
      const decided = onState(type, then, before, { ...board, exists: true, paused: null });
      if (isStored(decided.events, events)) return decided.answer;
      newest ??= decided.answer;
    }
    return newest;
  };
