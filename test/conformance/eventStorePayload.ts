import { describe, expect, it } from '@jest/globals';
import { InvalidEvents } from '../../src/eventstore/errors.ts';
import { MAX_APPEND_BYTES, type JsonObject, type NewEvent } from '../../src/eventstore/port.ts';
import { freshStream, someEvent } from '../support/storeEvents.ts';
import type { Opened } from './opened.ts';

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const data = (value: unknown): NewEvent => someEvent({ data: { deep: [{ value }] } });

/** One event whose data and metadata have exactly so many bytes as JSON. */
const sized = (bytes: number, fill = 'x'): NewEvent => {
  const empty = Buffer.byteLength(JSON.stringify({ text: '' })) + Buffer.byteLength('{}');
  return someEvent({ data: { text: fill.repeat((bytes - empty) / Buffer.byteLength(fill)) }, metadata: {} });
};

const refused: Readonly<Record<string, readonly NewEvent[]>> = {
  'no event': [],
  'an id that is not a UUID': [someEvent({ id: 'task-1' })],
  'an empty id': [someEvent({ id: '' })],
  'one id twice': [someEvent({ id: '5f0c2a34-4f8e-4d69-9d6f-000000000001' }), someEvent({ id: '5F0C2A34-4F8E-4D69-9D6F-000000000001' })],
  'an empty type': [someEvent({ type: '' })],
  'a type with a line break': [someEvent({ type: 'Task\nClaimed' })],
  'a function': [data(() => 1)],
  'an undefined in a list': [data([undefined])],
  'a bigint': [data(1n)],
  NaN: [data(Number.NaN)],
  Infinity: [data(-Infinity)],
  'a symbol': [data(Symbol('s'))],
  'a date': [data(new Date())],
  'a map': [data(new Map([[1, 2]]))],
  bytes: [data(new Uint8Array(4))],
  'a cycle': [data(circular)],
  'metadata that is not JSON': [someEvent({ metadata: { n: 1n } })],
  'one byte too much': [sized(MAX_APPEND_BYTES + 1)],
  'two halves that are too much together': [sized(MAX_APPEND_BYTES / 2), sized(MAX_APPEND_BYTES / 2 + 1)],
  'characters of several bytes that are too much': [sized(MAX_APPEND_BYTES + 1, 'ä')],
  'a bad event after a good one': [someEvent(), data(2n)],
};

export const payloadRules = (store: Opened): void => {
  const roundTrip = async (payload: JsonObject) => {
    const [stream, event] = [freshStream(), someEvent({ data: payload, metadata: { copy: payload } })];
    await store().append(stream, [event], 'no_stream');
    expect(await store().readStream(stream)).toMatchObject([{ data: payload, metadata: { copy: payload } }]);
    expect((await store().readStream(stream))[0]?.data).toEqual(payload);
  };

  describe('payloads', () => {
    it('keeps unicode in values, keys and stream names', async () => {
      await roundTrip({ 'schlüssel 鍵 🔑': 'Zoë, 東京, 🧵👩‍👩‍👧, \u0000\u001F\u2028\u2029\uFEFF "\\/', lone: 'half \uD83D of a pair', '': 'empty key' });
      const stream = freshStream('táblica');
      await store().append(stream, [someEvent({ type: 'Ereignis·β' })], 'no_stream');
      expect(await store().readStream(stream)).toMatchObject([{ stream, type: 'Ereignis·β' }]);
    });

    it('keeps numbers, nulls, empty and nested values', async () => {
      await roundTrip({ numbers: [0, -1, 1.5, 1e300, 5e-324, 2 ** 53, 0.1 + 0.2], nothing: null, list: [], object: {}, deep: [[[[{ a: [{ b: false }] }]]]] });
      await roundTrip({});
      await roundTrip(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'));
    });

    it('leaves out a property that is undefined', async () => {
      const stream = freshStream();
      await store().append(stream, [someEvent({ data: { there: 1, not: undefined } })], 'no_stream');
      expect(Object.keys((await store().readStream(stream))[0]?.data ?? {})).toEqual(['there']);
    });

    it.each(['x', 'ä', '"'])('keeps an append of 512 KiB (%p)', async (fill) => {
      const event = fill === '"' ? sized(MAX_APPEND_BYTES / 2, fill) : sized(MAX_APPEND_BYTES - (MAX_APPEND_BYTES % Buffer.byteLength(fill)), fill);
      const stream = freshStream();
      await store().append(stream, [event], 'no_stream');
      expect((await store().readStream(stream))[0]?.data['text'] === event.data['text']).toBe(true);
    });

    it.each(Object.entries(refused))('refuses %s, and writes nothing', async (_, events) => {
      const stream = freshStream();
      await expect(store().append(stream, events, 'no_stream')).rejects.toThrow(InvalidEvents);
      expect(await store().readStream(stream)).toEqual([]);
    });

    it.each(['', '$system', 'line\nbreak', 'x'.repeat(257), 'half \uD83D'])('refuses the stream name %j', async (stream) => {
      await expect(store().append(stream, [someEvent()], 'no_stream')).rejects.toThrow(InvalidEvents);
    });

    it('is not changed by what the caller does to the event afterwards', async () => {
      const [stream, given] = [freshStream(), { text: 'as given' }];
      const appended = store().append(stream, [someEvent({ data: given })], 'no_stream');
      given.text = 'changed later';
      await appended;
      expect((await store().readStream(stream))[0]?.data).toEqual({ text: 'as given' });
    });
  });
};
