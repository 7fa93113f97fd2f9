import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidSetting, readConfig } from '../../src/platform/config.ts';

const rules = { board: { env: 'HOLDFAST_BOARD', allowed: 'lower case', valid: (value: string) => /^[a-z]+$/.test(value) } };

describe('settings', () => {
  let cwd = '';
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
    mkdirSync(join(cwd, 'user', 'holdfast'), { recursive: true });
    writeFileSync(join(cwd, 'user', 'holdfast', 'config.json'), '{"board":"user"}');
    writeFileSync(join(cwd, 'holdfast.json'), '{"board":"project"}');
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  const read = (flags: { board?: string }, env: Record<string, string>) => readConfig({ rules, flags, env, cwd })('board');
  const home = () => ({ XDG_CONFIG_HOME: join(cwd, 'user') });

  it('come from flag, then environment, then project file, then user file, and say so', () => {
    expect(read({ board: 'flag' }, { HOLDFAST_BOARD: 'env', ...home() })).toEqual({ value: 'flag', from: 'flag', where: '--board' });
    expect(read({}, { HOLDFAST_BOARD: 'env', ...home() })).toEqual({ value: 'env', from: 'env', where: 'HOLDFAST_BOARD' });
    expect(read({}, home())).toEqual({ value: 'project', from: 'project file', where: join(cwd, 'holdfast.json') });
    rmSync(join(cwd, 'holdfast.json'));
    expect(read({}, home())).toEqual({ value: 'user', from: 'user file', where: join(cwd, 'user', 'holdfast', 'config.json') });
  });

  it('take an empty variable as not set', () => {
    expect(read({}, { HOLDFAST_BOARD: '', ...home() })?.from).toBe('project file');
  });

  it('are refused with the field, the value, what is allowed and where it stands', () => {
    expect(() => read({}, { HOLDFAST_BOARD: 'No!' })).toThrow(
      new InvalidSetting({ field: 'board', value: 'No!', allowed: 'lower case', where: 'HOLDFAST_BOARD' }),
    );
    writeFileSync(join(cwd, 'holdfast.json'), '{"board":7}');
    expect(() => read({}, {})).toThrow(/board ‘7’ is not allowed/);
    writeFileSync(join(cwd, 'holdfast.json'), 'board: main');
    expect(() => read({}, {})).toThrow(/one JSON object/);
  });
});
