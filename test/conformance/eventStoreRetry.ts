import { describe, expect, it } from '@jest/globals';
import { WrongExpectedRevision } from '../../src/eventstore/errors.ts';
import type { ExpectedRevision } from '../../src/eventstore/port.ts';
import { freshStream, someEvent, someEvents } from '../support/storeEvents.ts';
import type { Opened } from './opened.ts';

export const retryRules = (store: Opened): void => {
  const given = async (expected: ExpectedRevision) => {
    const stream = freshStream();
    if (expected !== 'no_stream') await store().append(stream, someEvents(Number(expected) + 1), 'no_stream');
    const events = someEvents(3);
    return { stream, events, first: await store().append(stream, events, expected) };
  };
  const count = async (stream: string) => (await store().readStream(stream)).length;

  describe('the same events again', () => {
    it.each(['no_stream', 0n, 4n] as const)('answer as the first time did, and write nothing (%p)', async (expected) => {
      const { stream, events, first } = await given(expected);
      const stored = await count(stream);
      expect(await store().append(stream, events, expected)).toEqual({ ...first, repeated: true });
      expect(await store().append(stream, events, expected)).toEqual({ ...first, repeated: true });
      expect(await count(stream)).toBe(stored);
    });

    it.each(['no_stream', 0n, 4n] as const)('answer as the first time did also after later events (%p)', async (expected) => {
      const { stream, events, first } = await given(expected);
      const later = await store().append(stream, someEvents(2), first.revision);
      await store().append(stream, someEvents(1), later.revision);
      expect(await store().append(stream, events, expected)).toEqual({ ...first, repeated: true });
    });

    it('answer both when the first answer was lost and the retry overtakes it', async () => {
      const [stream, events] = [freshStream(), someEvents(2)];
      const answers = await Promise.all([store().append(stream, events, 'no_stream'), store().append(stream, events, 'no_stream')]);
      expect(new Set(answers.map(({ repeated }) => repeated))).toEqual(new Set([false, true]));
      expect(answers[0]).toMatchObject({ revision: 1n, position: answers[1]?.position });
      expect(await count(stream)).toBe(2);
    });

    it('are found by id alone: the data of a retry may have been made anew', async () => {
      const { stream, events, first } = await given('no_stream');
      const remade = events.map((event) => ({ ...event, id: event.id.toUpperCase(), data: { other: true } }));
      expect(await store().append(stream, remade, 'no_stream')).toEqual({ ...first, repeated: true });
      expect((await store().readStream(stream))[0]?.data).toEqual({ i: 0 });
    });

    it('may be the beginning of what was stored', async () => {
      const { stream, events } = await given('no_stream');
      const stored = await store().readStream(stream);
      const answer = await store().append(stream, events.slice(0, 1), 'no_stream');
      expect(answer).toEqual({ revision: 0n, position: stored[0]?.position, repeated: true });
    });

    it('are refused when one differs, when there are more than were stored, or at another revision', async () => {
      const { stream, events, first } = await given('no_stream');
      const [one, two, three] = events;
      const others = [
        [someEvent(), two, three],
        [one, two, someEvent()],
        [one, two, three, someEvent()],
        [two, three],
      ];
      for (const other of others) {
        const refused = store().append(
          stream,
          other.filter((event) => event !== undefined),
          'no_stream',
        );
        await expect(refused).rejects.toThrow(WrongExpectedRevision);
      }
      await expect(store().append(stream, events, 0n)).rejects.toMatchObject({ expected: 0n, actual: first.revision });
      expect(await count(stream)).toBe(3);
    });
  });
};
