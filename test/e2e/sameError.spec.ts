import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

describe('a command that crashes for every task', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
    for (const title of ['a', 'b', 'c', 'd', 'e']) await createTask(cli, title);
  });
  afterAll(() => cli.remove());

  const PAUSED =
    /paused since .* UTC \(.* ago\) by system:wd_\w+: 3 runs within .* crashed with the same error “exit 1: no disk”: t_\w+ run 1, t_\w+ run 1, t_\w+ run 1; next: holdfast board resume/;

  it('pauses the board, ends the worker with exit 6, and says why and how to go on', async () => {
    const { exit, out } = await cli.run(['work', '--until-empty', '--', 'sh', '-c', 'echo no disk; exit 1']);
    expect(exit).toBe(6);
    expect(out).toMatch(PAUSED);
  });

  it('is the reason that every view of the board gives', async () => {
    for (const verb of ['stats', 'where', 'ready', 'board list']) expect((await cli.run(verb.split(' '))).out).toMatch(PAUSED);
    const { exit, data } = await cli.json(['claim', '--next']);
    expect({ exit, data }).toMatchObject({
      exit: 6,
      data: { task: null, why: 'paused', waiting_for: [{ kind: 'pause', cause: { fingerprint: 'exit 1: no disk' } }] },
    });
    expect((await cli.json(['ready'])).data['paused']).toMatchObject({ by: expect.stringMatching(/^system:wd_/), cause: { rule: 'same_error' } });
  });

  it('goes on when a person resumed it', async () => {
    await cli.run(['board', 'resume', '--reason', 'the disk is back']);
    expect((await cli.json(['where'])).data).toMatchObject({ paused: null });
    await createTask(cli, 'f'); // one that did not crash, however late the pause came
    expect(await cli.run(['claim', '--next'])).toMatchObject({ exit: 0 });
  });
});
