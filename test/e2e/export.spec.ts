import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

describe('a shell that evaluates claim --export', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  const shell = (name: string, script: string) => {
    const { status, stdout } = spawnSync(name, ['-c', `holdfast() { '${process.execPath}' '${MAIN_JS}' "$@"; }\n${script}`], {
      cwd: cli.dir,
      env: cleanEnv({ HOLDFAST_TASK: 't_0000000000' }),
      encoding: 'utf8',
    });
    return { status, stdout };
  };

  it.each(['sh', 'bash'])('ends under set -e of %s when there is nothing to claim, and without it where the line says so', (name) => {
    expect(shell(name, 'set -e; eval "$(holdfast claim --next --export)"; echo went on')).toEqual({ status: 6, stdout: '' });
    expect(shell(name, 'eval "$(holdfast claim --next --export)" || exit; echo went on')).toEqual({ status: 6, stdout: '' });
    expect(shell(name, 'eval "$(holdfast claim --next --export)"; echo "$? ${HOLDFAST_TASK-none}"')).toEqual({ status: 0, stdout: '6 none\n' });
    expect(shell(name, 'set -e; eval "$(holdfast claim t_0000000000 --export)"; echo went on')).toEqual({ status: 3, stdout: '' });
    expect(shell(name, 'set -e; eval "$(holdfast claim --next --export --store ./nowhere)"; echo went on')).toEqual({ status: 7, stdout: '' });
  });

  it('has its run when there was something', async () => {
    const id = await createTask(cli, 'Pack');
    expect(shell('sh', 'set -eu; eval "$(holdfast claim --next --export)" || exit; echo "$HOLDFAST_TASK $HOLDFAST_RUN"; holdfast complete > done.txt')).toEqual(
      {
        status: 0,
        stdout: `${id} 1\n`,
      },
    );
    expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'done' } });
  });
});
