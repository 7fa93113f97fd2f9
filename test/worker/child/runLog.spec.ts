import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { logFiles } from '../../../src/worker/child/logFiles.ts';
import { logTail } from '../../../src/worker/child/logTail.ts';
import { openRunLog } from '../../../src/worker/child/runLog.ts';
import { scratch } from '../../support/holdfast.ts';
import { smallDisk } from '../../support/smallDisk.ts';

const RUN = { task_id: 't_7K3M9QX2VD', run: 1 };
let home: ReturnType<typeof scratch>;
let base: string;
beforeEach(() => {
  home = scratch();
  base = join(home.folder, 'logs');
});
afterEach(() => home.remove());

const files = () => logFiles(base, RUN);
const text = (some: string): Uint8Array => Buffer.from(some);
const opened = (rotate_bytes?: number) => {
  const problems: string[] = [];
  const log = openRunLog({ base, run: RUN, warn: (problem) => problems.push(problem), ...(rotate_bytes === undefined ? {} : { rotate_bytes }) });
  return { log, problems };
};
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the log of a run', () => {
  it('is there from the start, for this user only, and grows by what is written', () => {
    const { log, problems } = opened();
    expect([mode(log.path), mode(files().folder), readFileSync(log.path, 'utf8')]).toEqual(['600', '700', '']);
    log.write(text('one\n'));
    expect(readFileSync(log.path, 'utf8')).toBe('one\n');
    log.close();
    const again = opened().log;
    again.write(text('two\n'));
    again.close();
    expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n');
    expect(problems).toEqual([]);
  });

  it('is put aside when it is full, and one before it is kept', () => {
    const { log } = opened(10);
    for (const line of ['one.one.', 'two.two.', 'three.three.three.', 'four']) log.write(text(line));
    log.close();
    expect(readdirSync(files().folder).toSorted()).toEqual(['1.log', '1.log.1']);
    expect([readFileSync(files().rotated, 'utf8'), readFileSync(files().current, 'utf8')]).toEqual(['three.three.three.', 'four']);
  });

  it.each([
    ['a link to a file', (outside: string) => symlinkSync(join(outside, 'kept'), (mkdirSync(files().folder, { recursive: true }), files().current))],
    ['a link to a folder', (outside: string) => symlinkSync(outside, (mkdirSync(base, { recursive: true }), files().folder))],
    ['a link for all logs', (outside: string) => symlinkSync(outside, base)],
    ['a pipe', () => execFileSync('mkfifo', [(mkdirSync(files().folder, { recursive: true }), files().current)])],
    ['a file for the folder', () => writeFileSync(base, '')],
  ])('is not kept where %s is in its place: told once, nothing outside is written', (_, place) => {
    const outside = join(home.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'kept'), 'kept');
    place(outside);
    const { log, problems } = opened();
    log.write(text('secret'));
    log.write(text('secret'));
    log.close();
    expect(problems).toEqual([expect.stringMatching(/^the output of t_7K3M9QX2VD run 1 is not kept: .+; the run goes on$/)]);
    expect([readdirSync(outside), readFileSync(join(outside, 'kept'), 'utf8')]).toEqual([['kept'], 'kept']);
  });

  it('goes on when a full disk has space again, and says what is missing', () => {
    const disk = smallDisk();
    // Where nothing may be mounted there is no small disk.
    if (disk === undefined) return;
    try {
      const problems: string[] = [];
      const log = openRunLog({ base: join(disk.folder, 'logs'), run: RUN, warn: (problem) => problems.push(problem), rotate_bytes: 2 ** 30 });
      const block = Buffer.alloc(65_536, 'x');
      for (let i = 0; i < 200; i += 1) log.write(block);
      expect(problems).toEqual([expect.stringContaining('ENOSPC')]);
      disk.grow();
      log.write(text('space again\n'));
      log.close();
      expect(readFileSync(log.path, 'latin1')).toMatch(/x\n\[holdfast: up to \d+ bytes of output are missing here\]\nspace again\n$/);
      expect(problems).toHaveLength(1);
    } finally {
      disk.remove();
    }
  });
});

describe('reading the log of a run', () => {
  it('finds nothing before it is there, then each byte once, over a rotation too', () => {
    const tail = logTail(base, files());
    expect(tail.next()).toBeUndefined();
    const { log } = opened(10);
    expect(String(tail.next())).toBe('');
    log.write(text('one.'));
    expect(String(tail.next())).toBe('one.');
    log.write(text('two.'));
    log.write(text('three.'));
    expect(String(tail.next())).toBe('two.three.');
    expect(String(tail.next())).toBe('');
    tail.close();
    log.close();
  });

  it('begins with what was put aside', () => {
    const { log } = opened(10);
    for (const line of ['one.one.', 'two.']) log.write(text(line));
    log.close();
    const tail = logTail(base, files());
    expect(String(tail.next())).toBe('one.one.two.');
    tail.close();
    rmSync(files().current);
    const rest = logTail(base, files());
    expect(String(rest.next())).toBe('one.one.');
    rest.close();
  });

  it('follows no link', () => {
    mkdirSync(files().folder, { recursive: true });
    writeFileSync(join(home.folder, 'outside'), 'secret');
    symlinkSync(join(home.folder, 'outside'), files().current);
    expect(() => logTail(base, files()).next()).toThrow('ELOOP');
  });
});
