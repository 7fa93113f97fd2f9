import type { JsonObject } from '../port.ts';
import { checksum, checksumOfJoined } from './checksum.ts';

/** A stored event as one line of JSON, without its brackets: what the checksum covers and what a replay parses. */
export type Line = readonly [
  position: number,
  stream: number,
  revision: number,
  prev: number,
  type: number,
  ts: number,
  id: string,
  data: JsonObject,
  metadata: JsonObject,
];

type LineFields = {
  readonly position: number;
  readonly stream: number;
  readonly revision: number;
  readonly prev: number;
  readonly type: number;
  readonly ts: number;
  /** 32 hex digits, lower case. */
  readonly id: string;
  readonly data: string;
  readonly metadata: string;
};

export const lineOf = ({ position, stream, revision, prev, type, ts, id, data, metadata }: LineFields): string =>
  `${position},${stream},${revision},${prev},${type},${ts},"${id}",${data},${metadata}`;

/** The same line, put together by SQLite. JSON.stringify leaves no raw line break in it. */
export const LINE = `concat_ws(',', position, stream_id, revision, prev, type, ts, '"'||lower(hex(event_id))||'"', payload, metadata)`;

/** No line can contain it. */
const BETWEEN = '],\n[';

/** The lines of many rows as one JSON text. SQLite adds the brackets: put around a string of 100 KB later, they would cost a copy of it. */
export const PACK = `'[['||group_concat(${LINE}, '${BETWEEN}')||']]'`;

export const parseLine = (line: string): Line => JSON.parse(`[${line}]`);

/** Whether the lines of a pack have these checksums. */
export const areSound = (pack: string, sums: readonly number[]): boolean => {
  const joined = pack.slice(2, -2);
  const lines = joined.split(BETWEEN);
  const ascii = Buffer.byteLength(joined) === joined.length;
  const lengths = lines.map((line) => (ascii ? line.length : Buffer.byteLength(line)));
  return lines.length === sums.length && checksum(joined) === checksumOfLines(sums, lengths);
};

const checksumOfLines = checksumOfJoined(BETWEEN);

export const parsePack = (pack: string): readonly Line[] => JSON.parse(pack);

export const uuidOf = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
