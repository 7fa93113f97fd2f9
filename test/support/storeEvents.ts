import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent, RecordedEvent, Subscribe, SubscriptionMessage } from '../../src/eventstore/port.ts';

/** An event that differs from every other. */
export const someEvent = (fields: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingHappened',
  data: { at: '2026-11-21T09:00:00.000Z', nested: { list: [1, 'two', null, true, -0.5e-7] } },
  metadata: { command_id: randomUUID(), actor: { kind: 'human', id: 'ana', surface: 'cli' } },
  ...fields,
});

export const someEvents = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, i) => someEvent({ data: { i } }));

/** Unlike any name in any log: suites may share a server. */
export const freshStream = (category = 'conformance'): string => `${category}-${randomUUID()}`;

/** Pulls messages until `done` says so of all pulled so far, then ends the subscription. */
export const pullUntil = async (
  store: EventStore,
  options: Subscribe,
  done: (pulled: readonly SubscriptionMessage[]) => boolean,
): Promise<readonly SubscriptionMessage[]> => {
  const pulled: SubscriptionMessage[] = [];
  for await (const message of store.subscribe(options)) {
    pulled.push(message);
    if (done(pulled)) break;
  }
  return pulled;
};

export const eventsOf = (messages: readonly SubscriptionMessage[]): readonly RecordedEvent[] =>
  messages.flatMap((message) => (message.kind === 'events' ? message.events : []));

export const isCaughtUp = (messages: readonly SubscriptionMessage[]): boolean => messages.some(({ kind }) => kind === 'caught_up');

/** Everything of these streams that is in the log now. */
export const historyOf = async (store: EventStore, after: bigint, prefixes: readonly string[]): Promise<readonly RecordedEvent[]> =>
  eventsOf(await pullUntil(store, { after, prefixes }, isCaughtUp));
