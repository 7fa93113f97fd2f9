import type { Database } from '../../platform/sqlite.ts';
import type { PreparedEvent } from '../newEvents.ts';
import type { Appended, ExpectedRevision } from '../port.ts';
import { checksum } from './checksum.ts';
import type { Heads } from './heads.ts';
import { lineOf } from './line.ts';
import type { Names } from './names.ts';

export type PreparedAppend = { readonly stream: string; readonly events: readonly PreparedEvent[]; readonly expected: ExpectedRevision };

type Appender = {
  /** First in each transaction: where the log ends. */
  readonly begin: (now: number) => void;
  /** Undefined, and nothing written: the stream is not where the caller expects it. */
  readonly append: (append: PreparedAppend) => Appended | undefined;
};

/** Writes inside a transaction that its caller owns. */
export const appender = (database: Database, streams: Names, types: Names, ends: Heads): Appender => {
  const insert = database.prepare(
    'INSERT INTO events(position, stream_id, revision, prev, type, ts, event_id, crc, payload, metadata) VALUES(?, ?, ?, ?, ?, ?, unhex(?), ?, ?, ?)',
  );
  let next = 0;
  let ts = 0;

  const write = (stream: number, revision: number, prev: number, event: PreparedEvent) => {
    const [id, type, position] = [event.id.replaceAll('-', ''), types.idOf(event.type) ?? types.add(event.type), next];
    const crc = checksum(lineOf({ position, stream, revision, prev, type, ts, id, data: event.data, metadata: event.metadata }));
    insert.get(position, stream, revision, prev, type, ts, id, crc, event.data, event.metadata);
    next += 1;
    return position;
  };

  return {
    begin: (now) => {
      next = ends.catchUp() + 1;
      ts = now;
    },
    append: ({ stream, events, expected }) => {
      const known = streams.idOf(stream);
      const head = known === undefined ? undefined : ends.find(known);
      if (expected !== (head === undefined ? 'no_stream' : BigInt(head.revision))) return undefined;
      const id = known ?? streams.add(stream);
      let [revision, position] = [head?.revision ?? -1, head?.position ?? 0];
      for (const event of events) {
        revision += 1;
        position = write(id, revision, position, event);
      }
      ends.move(id, { revision, position });
      return { revision: BigInt(revision), position: BigInt(position), repeated: false };
    },
  };
};
