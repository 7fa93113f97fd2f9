import { ANY, BACKWARDS, END, ErrorType, type EventStoreDBClient, isCommandError, jsonEvent } from '@eventstore/db-client';
import type { Clock } from '../../platform/clock.ts';
import { failedWith, failing, fine, type Finding, warning } from '../finding.ts';
import { type Address, addressOf } from './address.ts';
import { CANARY_STREAM } from './canary.ts';
import { type EventStoreDbStore, openEventStoreDbStore } from './eventStoreDbStore.ts';
import { skewFinding, tlsFindings, versionFinding } from './serverFindings.ts';
import { sharedClient } from './sharedClient.ts';
import { TIMINGS } from './timings.ts';
import { within } from './waiting.ts';

export type DiagnoseEventStoreDb = {
  readonly address: string;
  readonly clock: Clock;
  /** Append nothing: the server's clock is then not looked at. */
  readonly readOnly: boolean;
  /** How long each check may take; longer than a pause of the whole server. */
  readonly waitMs?: number;
};

/** What can be said of a server from outside, also when it cannot be used. */
export const diagnoseEventStoreDb = async (options: DiagnoseEventStoreDb): Promise<readonly Finding[]> => {
  const { address: given, clock, waitMs = 5_000 } = options;
  let address: Address;
  let store: EventStoreDbStore;
  try {
    address = addressOf(given);
  } catch (error) {
    return [failedWith('address', error, 'holdfast where')];
  }
  const tls = tlsFindings(given);
  try {
    store = await openEventStoreDbStore({ address: given, clock, timings: { storeWaitMs: waitMs, readMs: waitMs } });
  } catch (error) {
    return [...tls, notOpened(error)];
  }
  try {
    const server = fine('server', `${address.shown} answers`);
    return [...tls, server, ...(await usedClient(options, address, waitMs)), await rightsFinding(store, clock, waitMs)];
  } finally {
    await store.close();
  }
};

const notOpened = (error: unknown): Finding => {
  const denied = error instanceof Error && error.cause instanceof Error && isCommandError(error.cause) && error.cause.type === ErrorType.ACCESS_DENIED;
  return failedWith(denied ? 'rights' : 'server', error, 'check that the server runs, and the address');
};

/** The process has one client per address: this is the one of the open store. */
const usedClient = async ({ clock, readOnly }: DiagnoseEventStoreDb, address: Address, waitMs: number): Promise<readonly Finding[]> => {
  const shared = sharedClient(address, 'classic', clock, TIMINGS.closeMs);
  try {
    const client = shared.current();
    const version = versionFinding(await versionOf(client, clock, waitMs));
    return readOnly ? [version] : [version, await clockFinding(client, clock, waitMs)];
  } finally {
    await shared.release();
  }
};

/** The client asks for it and keeps it to itself; the call has no deadline (facts §1.3). */
const versionOf = async (client: EventStoreDBClient, clock: Clock, waitMs: number): Promise<string | undefined> => {
  try {
    const features = await within(clock, waitMs, Promise.resolve<unknown>(Reflect.get(client, 'capabilities')));
    const value = features?.value;
    return typeof value === 'object' && value !== null && 'serverVersion' in value ? String(value.serverVersion) : undefined;
  } catch {
    return undefined;
  }
};

/** An event of the canary's stream, which keeps but one: the server writes down when it stored it. */
const clockFinding = async (client: EventStoreDBClient, clock: Clock, waitMs: number): Promise<Finding> => {
  try {
    const before = clock.now();
    const event = jsonEvent({ type: 'CanarySang', data: {} });
    const appended = await within(clock, waitMs, client.appendToStream(CANARY_STREAM, event, { expectedRevision: ANY, deadline: waitMs }));
    const after = clock.now();
    if (appended === undefined)
      return failing('clock', `an append to ${CANARY_STREAM} was not answered in ${waitMs} ms`, 'look at the load and the log of the server');
    const created = await within(clock, waitMs, createdOf(client, event.id));
    if (created?.value === undefined) return warning('clock', `what was appended to ${CANARY_STREAM} could not be read`, '`holdfast doctor`, again');
    return skewFinding(Math.round(created.value - (before + after) / 2), Math.ceil((after - before) / 2));
  } catch (error) {
    return failedWith('clock', error, 'check that the user may append');
  }
};

/** Read to its end, because a read that is left leaks its call. */
const createdOf = async (client: EventStoreDBClient, id: string): Promise<number | undefined> => {
  let created: number | undefined;
  for await (const { event } of client.readStream(CANARY_STREAM, { direction: BACKWARDS, fromRevision: END, maxCount: 5 })) {
    if (event?.id === id) created = event.created.getTime();
  }
  return created;
};

/** Reading $all was tried when the store was opened; here it is subscribed to. */
const rightsFinding = async (store: EventStoreDbStore, clock: Clock, waitMs: number): Promise<Finding> => {
  const over = new AbortController();
  const late = clock.sleep(waitMs, over.signal).then(() => over.abort());
  try {
    const after = await store.head();
    for await (const { kind } of store.subscribe({ after, prefixes: ['canary-'], signal: over.signal }))
      if (kind === 'caught_up') return fine('rights', 'reads $all and subscribes to it');
    return failing('rights', `a subscription to $all did not catch up in ${waitMs} ms`, 'let the user read $all: docs/production.md, “User and rights”');
  } catch (error) {
    return failedWith('rights', error, 'let the user read $all: docs/production.md, “User and rights”');
  } finally {
    over.abort();
    await late;
  }
};
