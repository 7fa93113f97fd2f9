import { beforeEach, describe, expect, it } from '@jest/globals';
import { StoreClosed } from '../../src/eventstore/errors.ts';
import { START } from '../../src/eventstore/port.ts';
import type { ReadStream } from '../../src/eventstore/port.ts';
import { freshStream, historyOf, someEvents } from '../support/storeEvents.ts';
import type { Opened } from './opened.ts';

export const readRules = (store: Opened): void => {
  describe('readStream', () => {
    let stream = '';
    beforeEach(async () => {
      stream = freshStream();
      await store().append(stream, someEvents(5), 'no_stream');
      await store().append(freshStream(), someEvents(2), 'no_stream');
      await store().append(stream, someEvents(5), 4n);
    });
    const cases: readonly (readonly [ReadStream, readonly number[]])[] = [
      [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
      [{ direction: 'backwards' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
      [{ from: 7n }, [7, 8, 9]],
      [{ from: 9n }, [9]],
      [{ from: 10n }, []],
      [{ from: 99n }, []],
      [{ limit: 3 }, [0, 1, 2]],
      [{ from: 3n, limit: 3 }, [3, 4, 5]],
      [{ from: 8n, limit: 30 }, [8, 9]],
      [{ from: 2n, direction: 'backwards' }, [2, 1, 0]],
      [{ from: 0n, direction: 'backwards' }, [0]],
      [{ limit: 1, direction: 'backwards' }, [9]],
      [{ from: 6n, limit: 2, direction: 'backwards' }, [6, 5]],
      [{ from: 99n, limit: 2, direction: 'backwards' }, [9, 8]],
    ];
    it.each(cases)('with %p gives revisions %p', async (options, revisions) => {
      const read = await store().readStream(stream, options);
      expect(read.map(({ revision }) => revision)).toEqual(revisions.map(BigInt));
    });

    it('as of a position gives what was there then, or more; as of START it may leave out the end', async () => {
      const all = await store().readStream(stream);
      expect(await store().readStream(stream, { as_of: await store().head() })).toEqual(all);
      const anything = await store().readStream(stream, { as_of: START });
      expect(anything).toEqual(all.slice(0, anything.length));
    });

    it('gives nothing for a stream that does not exist', async () => {
      expect(await store().readStream(freshStream())).toEqual([]);
      expect(await store().readStream(freshStream(), { direction: 'backwards', limit: 1 })).toEqual([]);
      expect(await store().readStream(freshStream(), { from: 3n })).toEqual([]);
    });

    it('keeps streams apart whose names begin alike or differ in case', async () => {
      const names = [`${stream}-a`, `${stream}-A`, `${stream}-aa`, `${stream}-ä`];
      for (const name of names) await store().append(name, someEvents(1), 'no_stream');
      for (const name of names) expect((await store().readStream(name)).map((event) => event.stream)).toEqual([name]);
    });

    it('gives the same events as a subscription', async () => {
      const read = await store().readStream(stream);
      expect(await historyOf(store(), (read[0]?.position ?? START) - 1n, [stream])).toEqual(read);
    });

    it('reads a long stream whole', async () => {
      const long = freshStream();
      for (let i = 0; i < 3; i += 1) await store().append(long, someEvents(200), i === 0 ? 'no_stream' : BigInt(200 * i - 1));
      const read = await store().readStream(long);
      expect(read.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 600 }, (_, i) => i));
      expect(read.map(({ data }) => data['i'])).toEqual(Array.from({ length: 600 }, (_, i) => i % 200));
    });

    it('gives every reader its own copy', async () => {
      const [first] = await store().readStream(stream, { limit: 1 });
      if (first !== undefined) Object.assign(first.data, { i: 'changed' });
      expect((await store().readStream(stream, { limit: 1 }))[0]?.data).toEqual({ i: 0 });
    });
  });

  describe('close', () => {
    it('may be called twice; every other call is then refused', async () => {
      await store().close();
      await store().close();
      await expect(store().append(freshStream(), someEvents(1), 'no_stream')).rejects.toThrow(StoreClosed);
      await expect(store().readStream(freshStream())).rejects.toThrow(StoreClosed);
      await expect(store().head()).rejects.toThrow(StoreClosed);
      await expect(store().identity()).rejects.toThrow(StoreClosed);
      await expect(historyOf(store(), START, [])).rejects.toThrow(StoreClosed);
    });

    it('settles the appends that were queued', async () => {
      const appends = Array.from({ length: 20 }, () => store().append(freshStream(), someEvents(1), 'no_stream'));
      const closing = store().close();
      for (const settled of await Promise.allSettled(appends)) {
        if (settled.status === 'rejected') expect(settled.reason).toBeInstanceOf(StoreClosed);
      }
      await closing;
    });
  });
};
