import { randomUUID } from 'node:crypto';
import type { EventStore, ExpectedRevision, JsonObject, NewEvent } from '../../src/eventstore/port.ts';
import { instantOf } from '../../src/domain/instant.ts';
import { PACK_MODULES } from './packModulesTask.ts';

export const T0 = Date.parse('2026-11-21T09:00:00.000Z');
/** The instant `seconds` after the start of the story. */
export const second = (seconds: number): string => instantOf(T0 + seconds * 1000);
export const taskId = (n: number): string => `t_${String(n).padStart(10, '0')}`;

/** What is appended to one stream. */
export type Told = { readonly type: string; readonly data: JsonObject };

export const created = (at: number, task: JsonObject = {}): Told => ({
  type: 'TaskCreated',
  data: {
    at: second(at),
    ...PACK_MODULES,
    ...task,
  },
});
export const claimed = (at: number, run: number, worker: string, more: JsonObject = {}): Told => ({
  type: 'TaskClaimed',
  data: { at: second(at), run, worker, lease_ms: 900_000, lease_source: 'default', claim_expires: second(at + 900), process: null, ...more },
});
export const beat = (at: number, run: number, worker: string, more: JsonObject = {}): Told => ({
  type: 'HeartbeatRecorded',
  data: { at: second(at), run, worker, source: 'worker', claim_expires: second(at + 900), ...more },
});
export const completed = (at: number, run: number | null, worker: string | null): Told => ({
  type: 'TaskCompleted',
  data: { at: second(at), run, worker, summary: null, result: null, artifacts: [] },
});
export const released = (at: number, run: number, worker: string): Told => ({
  type: 'ClaimReleased',
  data: { at: second(at), run, worker, reason: 'shutdown', note: null },
});
export const failed = (at: number, run: number, worker: string, more: JsonObject = {}): Told => ({
  type: 'RunFailed',
  data: {
    at: second(at),
    run,
    worker,
    outcome: 'failed',
    error: 'exit 1',
    exit_code: 1,
    signal: null,
    last_output: null,
    counts_as_failure: true,
    not_before: null,
    ...more,
  },
});
export const told = (type: string, at: number, data: JsonObject = {}): Told => ({ type, data: { at: second(at), ...data } });

/** Appends to the end of a stream, whatever its revision. */
export const tell = async (store: EventStore, stream: string, ...events: readonly Told[]): Promise<bigint> => {
  const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected: ExpectedRevision = last?.revision ?? 'no_stream';
  const fresh = events.map((event): NewEvent => ({ id: randomUUID(), metadata: {}, ...event }));
  return (await store.append(stream, fresh, expected)).position;
};
export const tellTask = (store: EventStore, n: number, ...events: readonly Told[]): Promise<bigint> => tell(store, `task-${taskId(n)}`, ...events);
