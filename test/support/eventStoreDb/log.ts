/** What the server keeps of an event; the payload is whatever bytes came. */
export type Proposed = { readonly id: string; readonly metadata: Readonly<Record<string, string>>; readonly custom_metadata: Buffer; readonly data: Buffer };
export type Stored = Proposed & { readonly stream: string; readonly revision: bigint; readonly position: bigint; readonly created: bigint };

export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type Appended =
  | { readonly kind: 'success'; readonly revision: bigint; readonly position: bigint; readonly written: boolean }
  | { readonly kind: 'wrong_expected_version'; readonly current: bigint | 'no_stream' }
  | { readonly kind: 'stream_deleted' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'bad_request' };

/** The server's database, as facts §1.3–1.6 describe it on 24.2.0. It outlives a stopped server. */
export type Log = {
  readonly append: (stream: string, events: readonly Proposed[], expected: Expected) => Appended;
  /** Soft: hides what is there; `hard` leaves a tombstone for ever. */
  readonly remove: (stream: string, expected: Expected, hard: boolean) => Appended;
  readonly stream: (name: string) => { readonly kind: 'found' | 'not_found' | 'deleted'; readonly events: readonly Stored[] };
  readonly all: readonly Stored[];
  /** Calls back after each append that wrote something; the function it gives ends that. */
  readonly watch: (grown: () => void) => () => void;
};

const MAX_APPEND_BYTES = 1_048_576;
const TOMBSTONE_REVISION = 2n ** 63n - 1n;
const EPOCH_TICKS_PER_MS = 10_000n;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const serverLog = (): Log => {
  const all: Stored[] = [];
  const streams = new Map<string, Stored[]>();
  const deleted = new Set<string>();
  const watchers = new Set<() => void>();
  let end = 0n;

  const write = (stream: string, events: readonly Proposed[], first: bigint): Stored[] => {
    const written = events.map((event, i): Stored => {
      const position = end;
      end += 100n + BigInt(event.data.length + event.custom_metadata.length); // a byte offset: it grows, and has gaps
      return { ...event, stream, revision: first + BigInt(i), position, created: BigInt(Date.now()) * EPOCH_TICKS_PER_MS };
    });
    all.push(...written);
    streams.set(stream, [...(streams.get(stream) ?? []), ...written]);
    for (const grown of watchers) grown();
    return written;
  };

  const visible = (stream: string): readonly Stored[] => {
    const events = streams.get(stream) ?? [];
    const { $maxCount, $tb } = metadataOf(streams.get(`$$${stream}`)?.at(-1));
    const kept = $tb === undefined ? events : events.filter(({ revision }) => revision >= BigInt($tb));
    return $maxCount === undefined ? kept : kept.slice(-$maxCount);
  };

  const append: Log['append'] = (stream, events, expected) => {
    if (stream === '' || events.some(({ id, metadata }) => !UUID.test(id) || (metadata['type'] ?? '') === '')) return { kind: 'bad_request' };
    if (events.reduce((sum, { data, custom_metadata }) => sum + data.length + custom_metadata.length, 0) > MAX_APPEND_BYTES) return { kind: 'too_large' };
    if (deleted.has(stream)) return { kind: 'stream_deleted' };
    const history = streams.get(stream) ?? [];
    const current = history.at(-1)?.revision ?? 'no_stream';
    const repeated = earlier(history, events, expected, current);
    if (repeated !== undefined) return { kind: 'success', revision: repeated.revision, position: repeated.position, written: false };
    const recreated = expected === 'no_stream' && visible(stream).length === 0;
    if (!recreated && !holds(expected, current)) return { kind: 'wrong_expected_version', current };
    const last = write(stream, events, current === 'no_stream' ? 0n : current + 1n).at(-1);
    return { kind: 'success', revision: last?.revision ?? 0n, position: last?.position ?? end, written: last !== undefined };
  };

  const remove: Log['remove'] = (stream, expected, hard) => {
    if (deleted.has(stream)) return { kind: 'stream_deleted' };
    const current = streams.get(stream)?.at(-1)?.revision ?? 'no_stream';
    if (!holds(expected, current)) return { kind: 'wrong_expected_version', current };
    const [target, note] = hard ? [stream, event('$streamDeleted', {})] : [`$$${stream}`, event('$metadata', { $tb: Number.MAX_SAFE_INTEGER })];
    const [written] = write(target, [note], hard ? TOMBSTONE_REVISION : (streams.get(target)?.at(-1)?.revision ?? -1n) + 1n);
    if (hard) deleted.add(stream);
    return { kind: 'success', revision: written?.revision ?? 0n, position: written?.position ?? end, written: true };
  };

  // A fresh server already holds one event.
  write('$$$scavenges', [event('$metadata', { $maxAge: 2_592_000 })], 0n);
  return {
    append,
    remove,
    stream: (name) => {
      if (deleted.has(name)) return { kind: 'deleted', events: [] };
      const events = visible(name);
      return { kind: events.length === 0 ? 'not_found' : 'found', events };
    },
    all,
    watch: (grown) => {
      watchers.add(grown);
      return () => void watchers.delete(grown);
    },
  };
};

/** The ids right after an expected revision that is past: all equal, then an earlier try was stored and is answered again (§1.4). */
const earlier = (history: readonly Stored[], events: readonly Proposed[], expected: Expected, current: bigint | 'no_stream'): Stored | undefined => {
  const first = events[0];
  if (first === undefined || current === 'no_stream') return undefined;
  const at = firstIndex(history, first, expected, current);
  if (at === undefined) return undefined;
  const stored = history.slice(at, at + events.length);
  return stored.length === events.length && stored.every(({ id }, i) => id === events[i]?.id) ? stored.at(-1) : undefined;
};

const firstIndex = (history: readonly Stored[], first: Proposed, expected: Expected, current: bigint): number | undefined => {
  if (expected === 'no_stream') return 0;
  if (typeof expected === 'bigint') return expected < current ? Number(expected) + 1 : undefined;
  const known = history.findIndex(({ id }) => id === first.id);
  return known === -1 ? undefined : known;
};

const holds = (expected: Expected, current: bigint | 'no_stream'): boolean =>
  expected === 'any' || expected === current || (expected === 'stream_exists' && current !== 'no_stream');

const event = (type: string, data: object): Proposed => ({
  id: crypto.randomUUID(),
  metadata: { type, 'content-type': 'application/json' },
  custom_metadata: Buffer.alloc(0),
  data: Buffer.from(JSON.stringify(data)),
});

type StreamMetadata = { readonly $maxCount?: number; readonly $tb?: number };

const metadataOf = (stored: Stored | undefined): StreamMetadata => (stored === undefined ? {} : JSON.parse(stored.data.toString()));
