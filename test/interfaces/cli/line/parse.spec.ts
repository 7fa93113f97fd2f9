import { describe, expect, it } from '@jest/globals';
import { nearest } from '../../../../src/domain/nearest.ts';
import { parseVerb, splitVerb } from '../../../../src/interfaces/cli/line/parse.ts';
import { VERBS } from '../../../../src/interfaces/cli/verbs.ts';
import type { Verb } from '../../../../src/interfaces/cli/line/verb.ts';

const KNOWN = Object.keys(VERBS);
const verb = (name: string): Verb => {
  const found = VERBS[name];
  if (found === undefined) throw new Error(name);
  return found;
};

describe('the command line', () => {
  it('finds its verb behind options that every verb has', () => {
    expect(splitVerb(['--board', 'create', 'list', '--json'], KNOWN)).toEqual({ name: 'list', argv: ['--board', 'create', '--json'] });
    expect(splitVerb(['--json', 'board', '--store', 'x', 'create', 'nightly'], KNOWN)).toEqual({
      name: 'board create',
      argv: ['--json', '--store', 'x', 'nightly'],
    });
    expect(splitVerb(['--json'], KNOWN).name).toBe('');
  });

  it('leaves everything after -- to the command that is run', () => {
    const { rest, flag, positionals } = parseVerb('work', verb('work'), ['--until-empty', '--', 'make', '--json', '--', 'x']);
    expect({ rest, json: flag('json'), positionals }).toEqual({ rest: ['make', '--json', '--', 'x'], json: false, positionals: [] });
  });

  it('takes a text that looks like an option after --', () => {
    expect(parseVerb('create', verb('create'), ['--', '-5 degrees']).positionals).toEqual(['-5 degrees']);
  });

  it('reads values by their kind', () => {
    const args = parseVerb('create', verb('create'), ['x', '--priority', '-5', '--lease=1m30s', '--input', 'null', '--label', 'a', '--label', 'b', '-q']);
    expect([args.number('priority'), args.number('lease'), args.json('input'), args.texts('label'), args.flag('quiet')]).toEqual([
      -5,
      90_000,
      { value: null },
      ['a', 'b'],
      true,
    ]);
    expect([args.json('body'), args.number('max-runtime'), args.text('assignee')]).toEqual([undefined, undefined, undefined]);
  });

  it('asks for nothing but the verb when help is wanted', () => {
    expect(parseVerb('create', verb('create'), ['--help']).flag('help')).toBe(true);
  });
});

describe('the nearest word', () => {
  it.each([
    ['hertbeat', 'heartbeat'],
    ['calim', 'claim'],
    ['lst', 'list'],
    ['xyzzy', undefined],
  ])('of %s is %s', (typed, meant) => {
    expect(nearest(typed, KNOWN)).toBe(meant);
  });
});
