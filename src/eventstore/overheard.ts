import type { EventStore, NewEvent } from './port.ts';

/** What this process appended; `position`: of the last event. */
export type OwnAppend = { readonly stream: string; readonly events: readonly Pick<NewEvent, 'type'>[]; readonly position: bigint };
export type Hearers = Set<(own: OwnAppend) => void>;

/** The same store, which also tells `hearers` of each append of this process, as soon as it is stored. */
export const overheard = (store: EventStore, hearers: ReadonlySet<(own: OwnAppend) => void>): EventStore => ({
  ...store,
  append: async (stream, events, expected) => {
    const appended = await store.append(stream, events, expected);
    if (!appended.repeated) for (const hear of hearers) hear({ stream, events, position: appended.position });
    return appended;
  },
});
