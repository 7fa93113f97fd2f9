import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandFile, filledIn } from '../../../src/worker/child/commandLine.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-command-'));
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'bin', 'directory'));
  await writeFile(join(folder, 'bin', 'tool'), '#!/bin/sh\n');
  await chmod(join(folder, 'bin', 'tool'), 0o755);
  await writeFile(join(folder, 'bin', 'notes'), 'text');
});
afterEach(() => rm(folder, { recursive: true }));

const find = (command: string) => commandFile(command, { path: `/nowhere:${join(folder, 'bin')}`, cwd: folder });

describe('the file of a command', () => {
  it('is found on PATH by name, and by its path from the working directory', async () => {
    expect(await find('tool')).toBe(join(folder, 'bin', 'tool'));
    expect(await find('./bin/tool')).toBe(join(folder, 'bin', 'tool'));
  });
  it.each(['absent', './absent', 'notes', 'directory', ''])('is not found when it cannot be executed: %j', async (command) => {
    expect(await find(command)).toBeUndefined();
  });
});

describe('the task in arguments', () => {
  it('replaces inside single arguments, once, and leaves other braces alone', () => {
    const task = { task_id: 't_7K3M9QX2VD', title: 'a "b"; rm -rf {input}', input: { files: ['x'] } };
    expect(filledIn(['--id={task_id}', '{title}', '{input}', '{other}', '$&'], task)).toEqual([
      '--id=t_7K3M9QX2VD',
      'a "b"; rm -rf {input}',
      '{"files":["x"]}',
      '{other}',
      '$&',
    ]);
  });
  it('puts an input that is text in as it is', () => {
    expect(filledIn(['{input}'], { task_id: 't_7K3M9QX2VD', title: 't', input: 'plain' })).toEqual(['plain']);
  });
});
