/** Readers refuse a log with a higher number, and bring one with a lower number up to this. */
export const FORMAT = 2;

/** 'Hold' in ASCII, in the header of the file: this SQLite file is a log of ours. */
export const APPLICATION_ID = 0x486f6c64;

/**
 * No secondary index: every random key costs a dirty page per event, a third of the append rate (ADR). `heads` is small and
 * dense, and lags behind the log (`heads.ts`); `prev` (0: none) chains the events of a stream backwards; `crc` covers the line of `line.ts`.
 */
export const SCHEMA = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE types(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE streams(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE heads(stream_id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
CREATE TABLE events(position INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, revision INTEGER NOT NULL,
  prev INTEGER NOT NULL, type INTEGER NOT NULL, ts INTEGER NOT NULL,
  event_id BLOB NOT NULL, crc INTEGER NOT NULL, payload TEXT NOT NULL, metadata TEXT NOT NULL) STRICT;
CREATE VIEW log AS SELECT position, s.name AS stream, revision, t.name AS type,
  strftime('%Y-%m-%dT%H:%M:%SZ', ts / 1000, 'unixepoch') AS at, payload, metadata
  FROM events JOIN streams s ON s.id = stream_id JOIN types t ON t.id = events.type;
PRAGMA application_id=${APPLICATION_ID};
`;

/**
 * Format 1 wrote the head with each event. A process of that version that still has the file open must not take heads for current which are not
 * any more: its statements fail on the new names.
 */
export const FROM_FORMAT_1 = `
ALTER TABLE heads RENAME COLUMN id TO stream_id;
ALTER TABLE heads RENAME COLUMN pos TO position;
INSERT INTO meta(key, value) SELECT 'heads_at', CAST(coalesce(max(position), 0) AS TEXT) FROM events;
UPDATE meta SET value = '${FORMAT}' WHERE key = 'format';
`;

/**
 * Measured for this layout; `synchronous` is explicit because builds of SQLite differ in its default for WAL, and NORMAL because we flush (`durable.ts`).
 * A page is written to the log once or a few times before it is full, so a later checkpoint would save nothing, and a file that grows is slower to flush.
 */
export const PRAGMAS: readonly string[] = [
  'journal_mode=WAL',
  'synchronous=NORMAL',
  'wal_autocheckpoint=1000',
  'cache_size=-65536',
  'mmap_size=0',
  'journal_size_limit=67108864',
];
