import { START } from '../eventstore/port.ts';
import type { EventStore } from '../eventstore/port.ts';

/** A cursor that this store did not give out, or that is ahead of it. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  readonly cursor: string;
  readonly allowed = 'start, now, or a cursor that this store gave out';
  constructor(cursor: string, why: string) {
    super(`the cursor ‘${cursor}’ ${why}; it takes start, now, or a cursor that this store gave out`);
    this.cursor = cursor;
  }
}

type Cursors = {
  /** "After this event". */
  readonly of: (position: bigint, eventId: string) => Promise<string>;
  /** "After this position", whatever lies there. */
  readonly at: (position: bigint) => Promise<string>;
  /** The position to subscribe after. @throws InvalidCursor when it is ahead of this store, or of another one */
  readonly after: (cursor: string) => Promise<bigint | 'now'>;
};

const FORM = /^(.+)\/(-?\d+)\/([^/]*)$/;

/** Opaque to users: store identity, position, and the id of the event there, so that another log is told apart. */
export const cursors = ({ store }: { readonly store: EventStore }): Cursors => {
  const of = async (position: bigint, eventId: string): Promise<string> =>
    Buffer.from(`${await store.identity()}/${position}/${eventId}`).toString('base64url');
  return {
    of,
    at: async (position) => of(position, (await idAt(store, position)) ?? ''),
    after: async (cursor) => {
      if (cursor === 'start') return START;
      if (cursor === 'now') return 'now';
      const [, identity, digits, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
      if (identity === undefined || digits === undefined) throw new InvalidCursor(cursor, 'cannot be read');
      if (identity !== (await store.identity())) throw new InvalidCursor(cursor, 'is of another store');
      const position = BigInt(digits);
      if (position > (await store.head())) throw new InvalidCursor(cursor, 'is ahead of this store');
      if (id !== '' && (await idAt(store, position)) !== id) throw new InvalidCursor(cursor, 'is of another store');
      return position;
    },
  };
};

/** The id of the event at a position; undefined where there is none. */
const idAt = async (store: EventStore, position: bigint): Promise<string | undefined> => {
  if (position <= START) return undefined;
  for await (const message of store.subscribe({ after: position - 1n })) {
    if (message.kind === 'caught_up') return undefined;
    const [first] = message.events;
    if (first !== undefined) return first.position === position ? first.id : undefined;
    if (message.position >= position) return undefined;
  }
  return undefined;
};
