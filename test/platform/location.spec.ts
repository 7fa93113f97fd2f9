import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locate } from '../../src/platform/location.ts';

describe('where a board is', () => {
  let top = '';
  beforeEach(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-where-')));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  const folder = (...parts: readonly string[]): string => {
    const path = join(top, ...parts);
    mkdirSync(path, { recursive: true });
    return path;
  };

  it('is the nearest .holdfast upwards', () => {
    const outer = folder('.holdfast');
    const inner = folder('a', '.holdfast');
    expect(locate(folder('a', 'b')).found).toBe(inner);
    expect(locate(folder('c')).found).toBe(outer);
  });

  it('would be made at the top of the repository, or here without one', () => {
    const here = folder('plain');
    expect(locate(here)).toEqual({ found: null, home: join(here, '.holdfast'), in_git: false });
    folder('repo', '.git');
    expect(locate(folder('repo', 'src', 'deep'))).toEqual({ found: null, home: join(top, 'repo', '.holdfast'), in_git: true });
  });

  it('is the main checkout’s in a linked worktree, whatever lies beside the worktree', () => {
    const git = folder('repo', '.git', 'worktrees', 'linked');
    writeFileSync(join(git, 'commondir'), '../..\n');
    const linked = folder('elsewhere', 'linked');
    writeFileSync(join(linked, '.git'), `gitdir: ${git}\n`);
    expect(locate(folder('elsewhere', 'linked', 'src')).home).toBe(join(top, 'repo', '.holdfast'));
    const board = folder('repo', '.holdfast');
    folder('elsewhere', 'linked', '.holdfast');
    expect(locate(join(linked, 'src')).found).toBe(board);
  });

  it('is a submodule’s own: its .git names a folder, but it is no worktree', () => {
    const git = folder('repo', '.git', 'modules', 'sub');
    const sub = folder('repo', 'sub');
    writeFileSync(join(sub, '.git'), `gitdir: ${git}\n`);
    expect(locate(sub).home).toBe(join(sub, '.holdfast'));
  });
});
