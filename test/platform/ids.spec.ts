import { describe, expect, it } from '@jest/globals';
import { uuid, uuidBeside, uuidOf } from '../../src/platform/ids.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the ids of events', () => {
  it('are UUIDs, another one for each index, and never the id that they were made of', () => {
    const id = uuid();
    const ids = Array.from({ length: 300 }, (_, index) => uuidBeside(id, index));
    for (const each of ids) expect(each).toMatch(UUID);
    expect(new Set([id, ...ids]).size).toBe(301);
  });

  it('are the same for the same id and index, also where counting goes over the last digits', () => {
    expect(uuidBeside('3f2504e0-4f89-41d3-9a0c-0305e82cffff', 0)).toBe('3f2504e0-4f89-81d3-9a0c-0305e82cffff');
    expect(uuidBeside('3f2504e0-4f89-41d3-9a0c-0305e82cffff', 2)).toBe('3f2504e0-4f89-81d3-9a0c-0305e82c0001');
  });

  it('of a chosen command follow from its name alone', () => expect(uuidOf('task-t_1/c-1/0')).toBe(uuidOf('task-t_1/c-1/0')));
});
