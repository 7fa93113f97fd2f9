import { describe, expect, it } from '@jest/globals';
import { WrongExpectedRevision } from '../../src/eventstore/errors.ts';
import { START } from '../../src/eventstore/port.ts';
import { freshStream, historyOf, someEvent, someEvents } from '../support/storeEvents.ts';
import type { Opened } from './opened.ts';

export const appendRules = (store: Opened): void => {
  describe('append', () => {
    it('answers revision and position of the last event appended', async () => {
      const stream = freshStream();
      const first = await store().append(stream, someEvents(3), 'no_stream');
      const second = await store().append(stream, someEvents(2), 2n);
      expect(first).toEqual({ revision: 2n, position: expect.any(BigInt), repeated: false });
      expect(second).toEqual({ revision: 4n, position: expect.any(BigInt), repeated: false });
      const stored = await store().readStream(stream);
      expect([stored[2]?.position, stored[4]?.position]).toEqual([first.position, second.position]);
    });

    it('keeps every field as it was given', async () => {
      const [stream, event] = [freshStream(), someEvent({ type: 'TaskClaimed.v2' })];
      const { position } = await store().append(stream, [event], 'no_stream');
      expect(await store().readStream(stream)).toEqual([{ ...event, stream, revision: 0n, position }]);
      expect(await historyOf(store(), START < position ? position - 1n : START, [stream])).toEqual([{ ...event, stream, revision: 0n, position }]);
    });

    it('refuses to make a stream that exists, and writes nothing', async () => {
      const stream = freshStream();
      await store().append(stream, someEvents(2), 'no_stream');
      const refused = store().append(stream, someEvents(1), 'no_stream');
      await expect(refused).rejects.toThrow(WrongExpectedRevision);
      await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', stream, expected: 'no_stream', actual: 1n });
      expect(await store().readStream(stream)).toHaveLength(2);
    });

    it.each([0n, 1n, 3n, 99n])('refuses an expected revision %p when the last is 2, and writes nothing', async (expected) => {
      const stream = freshStream();
      await store().append(stream, someEvents(3), 'no_stream');
      await expect(store().append(stream, someEvents(1), expected)).rejects.toMatchObject({ stream, expected, actual: 2n });
      expect(await store().readStream(stream)).toHaveLength(3);
    });

    it('refuses any revision of a stream that does not exist', async () => {
      const stream = freshStream();
      const refused = store().append(stream, someEvents(1), 0n);
      await expect(refused).rejects.toThrow(WrongExpectedRevision);
      await expect(refused).rejects.toMatchObject({ stream, expected: 0n, actual: 'no_stream' });
      expect(await store().readStream(stream)).toEqual([]);
    });

    it.each(['no_stream', 0n] as const)('lets exactly one of many racing writers win (%p)', async (expected) => {
      const stream = freshStream();
      if (expected === 0n) await store().append(stream, someEvents(1), 'no_stream');
      const race = await Promise.allSettled(Array.from({ length: 8 }, () => store().append(stream, someEvents(1), expected)));
      const lost = race.filter(({ status }) => status === 'rejected');
      expect(lost).toHaveLength(7);
      const actual = expected === 0n ? 1n : 0n;
      for (const loser of lost) expect(loser).toMatchObject({ reason: { name: 'WrongExpectedRevision', expected, actual } });
      expect(await store().readStream(stream)).toHaveLength(Number(actual) + 1);
    });

    it('writes all events of an append, next to each other, or none', async () => {
      const [one, two] = [freshStream(), freshStream()];
      const after = await store().head();
      await Promise.all([store().append(one, someEvents(20), 'no_stream'), store().append(two, someEvents(20), 'no_stream')]);
      await expect(store().append(one, someEvents(5), 18n)).rejects.toThrow(WrongExpectedRevision);
      const order = (await historyOf(store(), after, [one, two])).map(({ stream }) => stream);
      expect([Array<string>(20).fill(one).concat(Array<string>(20).fill(two)), Array<string>(20).fill(two).concat(Array<string>(20).fill(one))]).toContainEqual(
        order,
      );
    });

    it('gives rising positions in the order in which appends were acknowledged', async () => {
      const [stream, after] = [freshStream(), await store().head()];
      const positions = [after];
      for (let i = 0; i < 10; i += 1)
        positions.push(
          (await store().append(i % 2 === 0 ? stream : `${stream}-b${i}`, someEvents(1), i % 2 === 0 && i > 0 ? BigInt(i / 2 - 1) : 'no_stream')).position,
        );
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
      expect(new Set(positions).size).toBe(positions.length);
    });

    it('shows concurrent appends in one order, each at the position of its answer', async () => {
      const after = await store().head();
      const prefix = freshStream();
      const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => store().append(`${prefix}-${i}`, someEvents(1 + (i % 3)), 'no_stream')));
      const seen = await historyOf(store(), after, [prefix]);
      const positions = seen.map(({ position }) => position);
      expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
      for (const [i, { position, revision }] of answers.entries()) {
        expect(seen.find((event) => event.position === position)).toMatchObject({ stream: `${prefix}-${i}`, revision });
      }
      expect(seen).toHaveLength(31);
    });

    it('has a head that is never below an acknowledged append', async () => {
      const stream = freshStream();
      const { position } = await store().append(stream, someEvents(2), 'no_stream');
      expect(await store().head()).toBeGreaterThanOrEqual(position);
    });

    it('has one identity', async () => {
      const identity = await store().identity();
      expect(identity).not.toBe('');
      await store().append(freshStream(), someEvents(1), 'no_stream');
      expect(await store().identity()).toBe(identity);
    });
  });
};
