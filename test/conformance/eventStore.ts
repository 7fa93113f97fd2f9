import { afterEach, beforeEach, describe } from '@jest/globals';
import type { EventStore } from '../../src/eventstore/port.ts';
import { appendRules } from './eventStoreAppend.ts';
import type { Opened } from './opened.ts';
import { payloadRules } from './eventStorePayload.ts';
import { readRules } from './eventStoreRead.ts';
import { retryRules } from './eventStoreRetry.ts';
import { subscribeRules } from './eventStoreSubscribe.ts';

/**
 * Every adapter keeps these rules. `open` gives a store on any log, also one that others use and that has foreign events
 * and gaps between positions: each test makes its own streams and starts at the head it finds.
 */
export const eventStoreConformance = (name: string, open: () => Promise<EventStore>): void => {
  describe(`${name} as an EventStore`, () => {
    let opened: EventStore | undefined;
    const store: Opened = () => {
      if (opened === undefined) throw new Error('no store is open');
      return opened;
    };
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened?.close());

    appendRules(store);
    retryRules(store);
    readRules(store);
    subscribeRules(store);
    payloadRules(store);
  });
};
