import { readdirSync, readFileSync } from 'node:fs';
import { describe, it, expect } from '@jest/globals';
import { z } from 'zod';
import { BUSY, busySchema } from '../../src/domain/busySchema.ts';
import { BoardEvent, WatchdogEvent } from '../../src/domain/board/board.ts';
import { COMMANDS } from '../../src/domain/task/commands.ts';
import { commandSchema } from '../../src/domain/task/commandSchema.ts';
import { TaskEvent } from '../../src/domain/task/events.ts';
import { minute, TASK } from '../support/told.ts';

// A schema that is asked for often is compiled: then it must say of everything what it said before.
const folder = new URL('../golden/', import.meta.url);
const Stored = z.object({ data: z.record(z.string(), z.unknown()) });
const golden = readdirSync(folder).map((file) => Stored.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).data);
/** A good value of every field by its name. */
const good: Readonly<Record<string, unknown>> = {
  ...Object.assign({}, ...golden),
  task_id: TASK,
  at: minute(1),
  parents_seen: [],
  probe: golden.map((data) => data['evidence']).map((evidence) => (z.object({ probe: z.unknown() }).safeParse(evidence).data ?? { probe: undefined }).probe)[0],
  lease_ms: 60_000,
  force: true,
};
const odd: readonly unknown[] = [
  undefined,
  null,
  '',
  'x',
  '2999-02-31T00:00:00.000Z',
  'x'.repeat(70_000),
  -1,
  0,
  1,
  1.5,
  Number.NaN,
  10 ** 12,
  true,
  [],
  ['x'],
  [1n],
  {},
  { a: { b: null } },
];

const objectsOf = (types: readonly { readonly shape: { readonly type: { readonly value: string }; readonly data: z.ZodType } }[]) =>
  types.map(({ shape }): readonly [string, z.ZodType] => [shape.type.value, shape.data]);
const schemas: readonly (readonly [string, z.ZodType])[] = [
  ...Object.entries(COMMANDS),
  ...objectsOf(TaskEvent.options),
  ...objectsOf(BoardEvent.options),
  ...objectsOf(WatchdogEvent.options),
];

const fieldsOf = (schema: z.ZodType): readonly string[] => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);
/** A value with all fields that are known, and each of them made odd, left out, or joined by one that nobody knows. */
const values = (name: string, schema: z.ZodType): readonly unknown[] => {
  const fields = fieldsOf(schema);
  const whole = Object.fromEntries(fields.map((field) => [field, field === 'type' ? name : good[field]]));
  const without = (field: string) => Object.fromEntries(Object.entries(whole).filter(([key]) => key !== field));
  return [whole, { ...whole, more: 1 }, null, [], 'x', ...fields.flatMap((field) => [without(field), ...odd.map((value) => ({ ...whole, [field]: value }))])];
};
const said = (schema: z.ZodType, value: unknown) => {
  const { success, data, error } = schema.safeParse(value);
  return { success, data, issues: error?.issues };
};

describe('a schema that was compiled', () => {
  it.each(schemas)('says the same of %s, good or odd', (name, schema) => {
    const compiled = z.compile(schema, { strict: true });
    const all = values(name, schema);
    for (const value of all) expect(said(compiled, value)).toEqual(said(schema, value));
    expect(all.length).toBeGreaterThan(odd.length);
  });

  it('takes the place of its source when it was asked for often, not before', () => {
    const source = z.object({ at: z.string() });
    const schema = busySchema(source);
    for (let n = 1; n < BUSY; n += 1) expect(schema()).toBe(source);
    expect(schema()).not.toBe(source);
    expect(schema().parse({ at: 'now', more: 1 })).toEqual({ at: 'now' });
  });

  it('answers a command that comes often as one that comes for the first time', () => {
    const command = { type: 'AddComment', task_id: TASK, at: minute(1), text: 'packed' };
    const first = commandSchema('AddComment').parse(command);
    for (let n = 0; n < 2 * BUSY; n += 1) expect(commandSchema('AddComment').parse(command)).toEqual(first);
    expect(commandSchema('AddComment')).not.toBe(COMMANDS.AddComment);
    expect(commandSchema('AddComment').safeParse({ ...command, text: 7 }).success).toBe(false);
  });
});
