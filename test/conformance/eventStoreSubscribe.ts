import { describe, expect, it } from '@jest/globals';
import type { SubscriptionMessage } from '../../src/eventstore/port.ts';
import { eventsOf, freshStream, historyOf, isCaughtUp, pullUntil, someEvents } from '../support/storeEvents.ts';
import type { Opened } from './opened.ts';

const count = (pulled: readonly SubscriptionMessage[]) => eventsOf(pulled).length;

export const subscribeRules = (store: Opened): void => {
  const given = async (events = 4) => {
    const [stream, after] = [freshStream(), await store().head()];
    await store().append(stream, someEvents(events), 'no_stream');
    return { stream, after, prefixes: [stream] };
  };
  const grow = (stream: string, revision: number, events = 1) => store().append(stream, someEvents(events), BigInt(revision));

  describe('subscribe', () => {
    it('gives history, then caught_up once, then what is appended', async () => {
      const { stream, after, prefixes } = await given(3);
      const pulled: SubscriptionMessage[] = [];
      for await (const message of store().subscribe({ after, prefixes })) {
        pulled.push(message);
        if (message.kind === 'caught_up') await grow(stream, 2);
        if (count(pulled) === 4) await grow(stream, 3, 2);
        if (count(pulled) === 6) break;
      }
      expect(eventsOf(pulled)).toEqual(await store().readStream(stream));
      const caughtUp = pulled.findIndex(({ kind }) => kind === 'caught_up');
      expect(count(pulled.slice(0, caughtUp))).toBe(3);
      expect(pulled.filter(({ kind }) => kind === 'caught_up')).toHaveLength(1);
    });

    it('names a position with each message up to which all was delivered', async () => {
      const { after, prefixes } = await given(3);
      const head = await store().head();
      const pulled = await pullUntil(store(), { after, prefixes }, isCaughtUp);
      let reached = after;
      for (const message of pulled) {
        const last = message.kind === 'events' ? message.events.at(-1)?.position : undefined;
        expect(message.position).toBeGreaterThanOrEqual(last ?? reached);
        reached = message.position;
      }
      expect(reached).toBeGreaterThanOrEqual(head);
    });

    it('resumes after any position, also inside an append, and after positions between events', async () => {
      const { stream, after, prefixes } = await given(4);
      await grow(stream, 3, 3);
      const all = await historyOf(store(), after, prefixes);
      expect(all).toHaveLength(7);
      for (const [i, { position }] of all.entries()) {
        expect(await historyOf(store(), position, prefixes)).toEqual(all.slice(i + 1));
        const next = all[i + 1]?.position ?? position;
        if (next > position + 1n) expect(await historyOf(store(), next - 1n, prefixes)).toEqual(all.slice(i + 1));
      }
    });

    it('is caught up at once when there is nothing after its position', async () => {
      const { prefixes } = await given();
      const head = await store().head();
      expect(eventsOf(await pullUntil(store(), { after: head, prefixes }, isCaughtUp))).toEqual([]);
    });

    it('gives only streams with one of the prefixes', async () => {
      const [base, after] = [freshStream(), await store().head()];
      const names = ['a', 'ab', 'b', 'c', 'A'].map((end) => `${base}-${end}`);
      for (const name of names) await store().append(name, someEvents(2), 'no_stream');
      const streams = async (...prefixes: readonly string[]) => [...new Set((await historyOf(store(), after, prefixes)).map(({ stream }) => stream))];
      expect(await streams(`${base}-a`)).toEqual([names[0], names[1]]);
      expect(await streams(`${base}-c`, `${base}-ab`)).toEqual([names[1], names[3]]);
      expect(await streams(`${base}-none`)).toEqual([]);
      expect(await streams(base)).toEqual(names);
    });

    it('gives every stream when no prefix is given', async () => {
      const { stream, after } = await given(2);
      const other = freshStream('foreign');
      await store().append(other, someEvents(1), 'no_stream');
      const seen = eventsOf(await pullUntil(store(), { after }, isCaughtUp)).map((event) => event.stream);
      expect(seen.filter((name) => name === stream || name === other)).toEqual([stream, stream, other]);
    });

    it('passes over foreign events live', async () => {
      const { stream, prefixes } = await given(1);
      const pulled: SubscriptionMessage[] = [];
      for await (const message of store().subscribe({ after: await store().head(), prefixes })) {
        pulled.push(message);
        if (message.kind === 'caught_up') {
          await store().append(freshStream('foreign'), someEvents(3), 'no_stream');
          await grow(stream, 0);
        }
        if (count(pulled) > 0) break;
      }
      expect(eventsOf(pulled)).toMatchObject([{ stream, revision: 1n }]);
    });

    it('waits for a slow consumer and gives it everything in order', async () => {
      const { stream, after, prefixes } = await given(1);
      const pulled: SubscriptionMessage[] = [];
      let appended = 1;
      for await (const message of store().subscribe({ after, prefixes })) {
        pulled.push(message);
        for (let i = 0; i < 10 && appended < 300; i += 1) {
          await grow(stream, appended - 1, 3);
          appended += 3;
        }
        if (count(pulled) === appended) break;
      }
      expect(eventsOf(pulled).map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 301 }, (_, i) => i));
    });

    it('serves several subscribers, each at its own pace', async () => {
      const { stream, after, prefixes } = await given(3);
      const tails = [0, 1, 2].map(() => pullUntil(store(), { after, prefixes }, (pulled) => count(pulled) === 53));
      for (let i = 0; i < 50; i += 1) await grow(stream, 2 + i);
      const expected = await store().readStream(stream);
      for (const tail of await Promise.all(tails)) expect(eventsOf(tail)).toEqual(expected);
    });

    it('ends normally when its signal aborts: before, while waiting, and while the consumer works', async () => {
      const { after, prefixes } = await given(2);
      expect(await pullUntil(store(), { after, prefixes, signal: AbortSignal.abort() }, () => false)).toEqual([]);
      const waiting = new AbortController();
      const whileWaiting = await pullUntil(store(), { after, prefixes, signal: waiting.signal }, (pulled) => {
        if (isCaughtUp(pulled)) setImmediate(() => waiting.abort());
        return false;
      });
      expect(count(whileWaiting)).toBe(2);
      const working = new AbortController();
      await pullUntil(store(), { after, prefixes, signal: working.signal }, () => {
        working.abort();
        return false;
      });
    });

    it('ends normally when the store is closed while it waits', async () => {
      const { after, prefixes } = await given(2);
      const tail = pullUntil(store(), { after, prefixes }, (pulled) => {
        if (isCaughtUp(pulled)) setImmediate(() => void store().close());
        return false;
      });
      expect(count(await tail)).toBe(2);
    });

    it('may be left at any time; the store goes on', async () => {
      const { stream, after, prefixes } = await given(2);
      await pullUntil(store(), { after, prefixes }, () => true);
      await grow(stream, 1);
      expect(await historyOf(store(), after, prefixes)).toHaveLength(3);
    });
  });
};
