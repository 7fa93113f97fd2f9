import { InvalidEvents } from './errors.ts';
import { MAX_APPEND_BYTES, type NewEvent } from './port.ts';

/** An event as every store keeps it: checked, its JSON already text. `id` is lower case. */
export type PreparedEvent = { readonly id: string; readonly type: string; readonly data: string; readonly metadata: string };

/** Checks and serialises once, the same for every store. @throws InvalidEvents */
export const prepareEvents = (stream: string, events: readonly NewEvent[]): readonly PreparedEvent[] => {
  if (!isName(stream)) throw new InvalidEvents(`not a stream name: ${JSON.stringify(stream)}`);
  if (events.length === 0) throw new InvalidEvents(`no events for stream ${stream}`);
  const prepared = events.map(prepareEvent);
  if (prepared.length > 1 && new Set(prepared.map(({ id }) => id)).size < prepared.length) throw new InvalidEvents('two events of one append have the same id');
  let length = 0;
  for (const { data, metadata } of prepared) length += data.length + metadata.length;
  // Bytes are counted only where the text is so long that it could be too large.
  const bytes = length * MOST_BYTES > MAX_APPEND_BYTES ? bytesOf(prepared) : 0;
  if (bytes > MAX_APPEND_BYTES) throw new InvalidEvents(`an append of ${bytes} bytes is over the limit of ${MAX_APPEND_BYTES}`);
  return prepared;
};

/** The most bytes that one UTF-16 code unit takes in UTF-8. */
const MOST_BYTES = 3;

const bytesOf = (prepared: readonly PreparedEvent[]): number =>
  prepared.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata), 0);

const prepareEvent = ({ id, type, data, metadata }: NewEvent): PreparedEvent => {
  if (!UUID.test(id)) throw new InvalidEvents(`not a UUID: ${JSON.stringify(id)}`);
  if (!isName(type)) throw new InvalidEvents(`not an event type: ${JSON.stringify(type)}`);
  return { id: id.toLowerCase(), type, data: json(data, 'data', type), metadata: json(metadata, 'metadata', type) };
};

/** No leading `$`: those names are EventStoreDB's own. */
const NAME = /^(?!\$)[^\p{Cc}\p{Cs}]{1,256}$/u;
/** Almost every name is of this form, which is tested first: the classes of Unicode take longer to test than the event to write as JSON. */
const PLAIN_NAME = /^[\w.-]{1,256}$/;
const isName = (name: string): boolean => PLAIN_NAME.test(name) || NAME.test(name);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_DEPTH = 100;

const json = (value: unknown, what: string, type: string): string => {
  if (!isPlainObject(value)) throw new InvalidEvents(`${what} of ${type} is not a JSON object`);
  const fault = notJson(value, 0);
  if (fault !== undefined) throw new InvalidEvents(`${what} of ${type} is not JSON: ${fault}`);
  return JSON.stringify(value);
};

/** What JSON.stringify would refuse or silently change. A property that is undefined counts as absent. */
const notJson = (value: unknown, depth: number): string | undefined => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (depth > MAX_DEPTH) return `a cycle, or deeper than ${MAX_DEPTH}`;
  if (Array.isArray(value)) return notJsonItem(value, depth + 1);
  if (!isPlainObject(value)) return `a ${typeof value} that is not plain data`;
  // Not Object.values: making the array costs a third of the walk, and plain data inherits nothing that `in` could find.
  for (const key in value) {
    const fault = value[key] === undefined ? undefined : notJson(value[key], depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const notJsonItem = (items: readonly unknown[], depth: number): string | undefined => {
  for (let i = 0; i < items.length; i += 1) {
    const fault = notJson(items[i], depth); // a hole is undefined
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** By shape, not by identity of Object.prototype: objects may come from another realm. */
const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
