import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../src/platform/makeFolder.ts';
import { newFolder } from '../e2e/support/cli.ts';

describe('makeFolder', () => {
  let dir: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ dir, remove } = await newFolder());
  });
  afterAll(() => remove());

  it('makes what is missing above too, and says whether there was anything to make', () => {
    const path = join(dir, 'a', 'b', 'c');
    expect([makeFolder(path, 0o700), makeFolder(path), makeFolder('/')]).toEqual([true, false, false]);
    expect(statSync(join(dir, 'a')).mode & 0o777).toBe(0o700);
  });

  it('is content with a link to a folder, and refuses one that leads nowhere', () => {
    symlinkSync(dir, join(dir, 'there'));
    symlinkSync(join(dir, 'gone'), join(dir, 'nowhere'));
    expect(makeFolder(join(dir, 'there'))).toBe(false);
    expect(() => makeFolder(join(dir, 'nowhere'))).toThrow(/EEXIST/);
    expect(existsSync(join(dir, 'gone'))).toBe(false);
  });

  it('refuses a folder in a file, or in the place of one', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => makeFolder(join(dir, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(dir, 'file', 'in'))).toThrow(/ENOTDIR/);
  });
});
