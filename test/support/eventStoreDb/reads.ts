import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { failed, identifier } from './appends.ts';
import type { Log, Stored } from './log.ts';
import { type ReadOptions, ReadReq } from './wire.ts';

export type Read = {
  readonly log: Log;
  readonly rights: () => Rights;
  /** Called with each subscription that begins; what it gives may hold back everything that follows (a subscription that died silently). */
  readonly began: (kind: 'read' | 'subscription') => {
    readonly mute: () => boolean;
    readonly ignore: boolean;
    readonly caughtUp: () => void;
    readonly cancelled: () => void;
  };
};

/** Who may read: everybody; everything but $all; nobody, because the user is not known. */
export type Rights = 'all' | 'streams' | 'unknown_user';

type Call = ServerWritableStream<unknown, object>;

const POISON = 2n ** 64n - 1n;

/** Reads and subscriptions, as facts §1.5 and §1.6 describe them. */
export const read =
  ({ log, rights, began }: Read) =>
  (call: Call): void => {
    const { options } = ReadReq.parse(call.request);
    call.on('error', () => undefined);
    if (rights() === 'unknown_user') return fail(call, status.UNAUTHENTICATED, 'Unauthenticated');
    if (rights() === 'streams' && options.all !== undefined) return fail(call, status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
    const { ignore, mute, caughtUp, cancelled } = began(options.subscription === undefined ? 'read' : 'subscription');
    if (ignore) return void call.on('cancelled', cancelled);
    if (options.subscription !== undefined) return void subscribe(log, call, options, mute, caughtUp);
    void (options.all === undefined ? readStream(log, call, options) : readAll(log, call, options));
  };

const readStream = async (log: Log, call: Call, { stream, count = 0n, read_direction }: ReadOptions): Promise<void> => {
  const name = stream?.stream_identifier ?? '';
  const found = log.stream(name);
  if (found.kind === 'deleted') return fail(call, status.FAILED_PRECONDITION, `Event stream '${name}' is deleted.`, 'stream-deleted', { 'stream-name': name });
  if (found.kind === 'not_found') await send(call, { stream_not_found: { stream_identifier: identifier(name) } });
  else
    await sendAll(
      call,
      slice(found.events, ({ revision }) => revision, stream?.revision, isBackwards(read_direction), count),
    );
  call.end();
};

const readAll = async (log: Log, call: Call, { all, count = 0n, read_direction }: ReadOptions): Promise<void> => {
  const from = all?.position?.commit_position;
  if (from !== undefined && !isBoundary(log, from)) return fail(call, status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
  await sendAll(
    call,
    slice(log.all, ({ position }) => position, from, isBackwards(read_direction), count),
  );
  call.end();
};

const slice = (events: readonly Stored[], at: (event: Stored) => bigint, from: bigint | undefined, backwards: boolean, count: bigint): readonly Stored[] => {
  const limit = Number(count);
  if (!backwards) return (from === undefined ? events : events.filter((event) => at(event) >= from)).slice(0, limit);
  return (from === undefined ? events : events.filter((event) => at(event) <= from)).slice(-limit).toReversed();
};

const isBackwards = (direction: string | number): boolean => direction === 'Backwards' || direction === 1;

const end = (log: Log): bigint => log.all.at(-1)?.position ?? -1n;
const isBoundary = (log: Log, position: bigint): boolean => position > end(log) || log.all.some((event) => event.position === position);

const subscribe = async (log: Log, call: Call, options: ReadOptions, mute: () => boolean, caughtUp: () => void): Promise<void> => {
  const from = options.all?.position?.commit_position;
  if (from !== undefined && !isBoundary(log, from)) return fail(call, status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
  await send(call, { confirmation: { subscription_id: crypto.randomUUID() } });
  const passes = filterOf(options);
  const every = (options.filter?.max ?? 32) * (options.filter?.checkpointIntervalMultiplier ?? 1);
  const filtered = options.filter !== undefined;
  let next = from === undefined ? 0 : log.all.findIndex(({ position }) => position > from);
  if (next === -1) next = log.all.length;
  let sent = from;
  let considered = 0;
  let poisoned = false;
  const checkpoint = async (position: bigint) => {
    if (filtered && !poisoned && !mute()) await send(call, { checkpoint: { commit_position: position.toString(), prepare_position: position.toString() } });
  };
  const drain = async () => {
    for (let event = log.all[next]; event !== undefined && !call.cancelled; event = log.all[next]) {
      next += 1;
      considered += 1;
      // A checkpoint of the future: what is at or below it is dropped.
      if (from !== undefined && event.position <= from) continue;
      if (passes(event) && !mute()) await send(call, { event: readEvent(event) });
      if (passes(event)) sent = event.position;
      if (considered % every === 0) await checkpoint((sent = event.position));
    }
  };
  await drain();
  await checkpoint(sent ?? POISON);
  poisoned = sent === undefined;
  if (!mute()) await send(call, { caught_up: {} });
  caughtUp();
  let draining = Promise.resolve();
  const unwatch = log.watch(() => void (draining = draining.then(drain)));
  draining = draining.then(drain);
  call.on('cancelled', unwatch);
  call.on('close', unwatch);
};

const filterOf = ({ filter }: ReadOptions): ((event: Stored) => boolean) => {
  if (filter === undefined) return () => true;
  const expression = filter.stream_identifier ?? filter.event_type;
  const regex = expression?.regex === undefined || expression.regex === '' ? undefined : new RegExp(expression.regex);
  const prefixes = expression?.prefix ?? [];
  return (event) => {
    const name = filter.stream_identifier === undefined ? (event.metadata['type'] ?? '') : event.stream;
    return regex === undefined ? prefixes.some((prefix) => name.startsWith(prefix)) : regex.test(name);
  };
};

const readEvent = ({ id, stream, revision, position, metadata, created, data, custom_metadata }: Stored) => ({
  event: {
    id: { string: id },
    stream_identifier: identifier(stream),
    stream_revision: revision.toString(),
    prepare_position: position.toString(),
    commit_position: position.toString(),
    metadata: { ...metadata, created: created.toString() },
    custom_metadata,
    data,
  },
  commit_position: position.toString(),
});

const sendAll = async (call: Call, events: readonly Stored[]): Promise<void> => {
  for (const event of events) await send(call, { event: readEvent(event) });
};

/** Waits for a slow reader, as the server does. */
const send = async (call: Call, message: object): Promise<void> => {
  if (call.cancelled || call.destroyed || call.write(message)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      for (const event of ['drain', 'cancelled', 'close']) call.off(event, go);
      resolve();
    };
    for (const event of ['drain', 'cancelled', 'close']) call.once(event, go);
  });
};

const fail = (call: Call, ...error: Parameters<typeof failed>): void => void call.emit('error', failed(...error));
