import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sameFile, type SameFile } from '../../src/eventstore/sqlite/sameFile.ts';
import { scratch } from '../support/holdfast.ts';

describe('a log whose file was removed while it was open', () => {
  let home: ReturnType<typeof scratch>;
  let now: number;
  let file: SameFile;
  beforeEach(() => {
    home = scratch();
    now = 0;
    const path = join(home.folder, 'log.db');
    writeFileSync(path, '');
    file = sameFile(path, { monotonic: () => now });
    rmSync(path);
  });
  afterEach(() => home.remove());

  it('takes no append that begins more than 1 ms after somebody saw it', () => {
    now = 1;
    expect(() => file.assert()).not.toThrow();
    now = 1.1;
    expect(() => file.assert()).toThrow('was removed while it was open');
  });

  it('is not read any more 100 ms after somebody saw it, nor once an append has found out', () => {
    now = 100;
    expect(() => file.assertLately()).not.toThrow();
    expect(() => file.assert()).toThrow('was removed');
    expect(() => file.assertLately()).toThrow('was removed');
  });

  it('is gone at once for who asks whether it is there', () => {
    expect(file.holds()).toBe(false);
    expect(() => file.assert()).toThrow('was removed');
  });
});
