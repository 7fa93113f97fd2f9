import { describe } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { eventStoreDbDouble } from './eventStoreDbDouble.ts';

/** A server to run boards on, and how to leave it. It may hold other data: take a board of your own. */
export type TestServer = { readonly address: string; readonly close: () => Promise<void> };

const url = process.env['HOLDFAST_TEST_ESDB_URL'] ?? '';

/** The same specs on the double and, when HOLDFAST_TEST_ESDB_URL names one, on a real server; else those are reported as skipped. */
export const describeOnServers = (name: string, specs: (start: () => Promise<TestServer>) => void): void => {
  describe(`${name} (the double)`, () => specs(eventStoreDbDouble));
  (url === '' ? describe.skip : describe)(`${name} (the server of HOLDFAST_TEST_ESDB_URL)`, () =>
    specs(async () => ({ address: url, close: async () => undefined })),
  );
};

export const freshBoard = (): string => `spec-${randomUUID().slice(0, 13)}`;

/** The same server under an address of its own: so it gets a client and a connection of its own, as another process would. */
export const asAnother = (address: string, name: string): string => `${address}${address.includes('?') ? '&' : '?'}connectionName=${name}`;
