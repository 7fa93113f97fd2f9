import { describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import { codecOf, type Upcaster } from '../../src/domain/codec.ts';
import { evolveBoard, noBoard } from '../../src/domain/board/evolve.ts';
import { foldEvent, foldTask, parseTaskEvent } from '../../src/domain/task/codec.ts';
import { beat, claimed, created, minute, T0 } from '../support/told.ts';

// An event that once said minutes, then ms, now also who: three wire types, one shape for readers.
const Slept = z.object({ type: z.literal('Slept'), data: z.object({ ms: z.number(), who: z.string() }) });
const upcasters = new Map<string, Upcaster>([
  ['Slept', { to: 'Slept.v2', up: ({ minutes }) => ({ ms: typeof minutes === 'number' ? minutes * 60_000 : 0 }) }],
  ['Slept.v2', { to: 'Slept.v3', up: (data) => ({ ...data, who: 'nobody' }) }],
]);
const codec = codecOf({ events: [Slept], schema: Slept, upcasters });

describe('a codec with superseded wire types', () => {
  it('lifts the first shape through every step to the newest', () =>
    expect(codec.decode({ type: 'Slept', data: { minutes: 2 } })).toEqual({ type: 'Slept', data: { ms: 120_000, who: 'nobody' } }));

  it('lifts a shape between from where it stands', () =>
    expect(codec.decode({ type: 'Slept.v2', data: { ms: 5 } })).toEqual({ type: 'Slept', data: { ms: 5, who: 'nobody' } }));

  it('writes under the newest wire type, and reads it back as it was', () => {
    const wire = codec.encode({ type: 'Slept', data: { ms: 5, who: 'ada' } });
    expect(wire).toEqual({ type: 'Slept.v3', data: { ms: 5, who: 'ada' } });
    expect(codec.decode(wire)).toEqual({ type: 'Slept', data: { ms: 5, who: 'ada' } });
  });

  it('cannot read a wire type of a later version', () =>
    expect(codec.decode({ type: 'Slept.v4', data: {} })).toMatchObject({ unreadable: true, type: 'Slept.v4' }));

  it('cannot read data that its schema refuses, when it is asked to check', () =>
    expect(codec.parse({ type: 'Slept.v3', data: { ms: 'long', who: 'ada' } })).toMatchObject({ unreadable: true, why: expect.stringContaining('data.ms') }));
});

describe('a stream with an event that this version cannot read', () => {
  const events = [created(), claimed('ada', 1, T0)];

  it('makes its task unreadable and says where, whatever follows', () =>
    expect(foldTask([...events, { type: 'TaskClaimed.v9', data: {} }, beat('ada', 1, minute(1))])).toEqual({
      status: 'unreadable',
      revision: '2',
      type: 'TaskClaimed.v9',
      why: 'this version knows no such event',
    }));

  it('is not a task that does not begin with TaskCreated', () => expect(foldTask(events.slice(1))).toMatchObject({ status: 'unreadable', revision: '0' }));

  it('is not repaired by what follows', () => {
    const state = foldTask(events.slice(1));
    expect(foldEvent(state, created())).toBe(state);
  });

  it('makes its board unreadable, and keeps the first such event', () => {
    const wires = [
      { type: 'BoardCreated', data: { at: T0, board: 'main', policy: {} } },
      { type: 'BoardSplit', data: {} },
      { type: 'BoardMerged', data: {} },
    ];
    expect(wires.reduce(evolveBoard, noBoard('main'))).toMatchObject({ exists: true, revision: 2, unreadable: { revision: '1', type: 'BoardSplit' } });
  });

  it('is found by verify also when only its content is wrong', () =>
    expect(parseTaskEvent({ type: 'CommentAdded', data: { at: 'yesterday', text: 'x' } })).toMatchObject({
      unreadable: true,
      why: expect.stringContaining('data.at'),
    }));
});
