import { describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import { newInProcess, runIn } from './inProcess.ts';

describe('holdfast copy', () => {
  it('shows how far it is on a terminal, and nothing but the result elsewhere', async () => {
    const cli = await newInProcess();
    await createTask(cli, 'Pack');
    const shown = await runIn(cli.dir, { errTerminal: true })(['copy', '--to', 'one']);
    expect(shown.err).toMatch(/read source \[#+\] 100 %[^]*copy \[#+\] 100 % 2 of 2[^]*verify \[#+\] 100 %/);
    const quiet = await cli.run(['copy', '--to', 'two']);
    expect(quiet).toMatchObject({
      exit: 0,
      err: '',
      out: expect.stringMatching(/^copied 2 events to .*two\nverified: 2 events in 2 streams, digest [0-9a-f]{16}\n$/),
    });
    expect((await cli.run(['copy', '--to', 'two'])).out).toContain('copied 0 events (2 were there already)');
    await cli.remove();
  });

  it('says what only the target has: it is left alone, and no part of what was verified', async () => {
    const cli = await newInProcess();
    await createTask(cli, 'Pack');
    await cli.run(['copy', '--to', 'two']);
    const id = await createTask(cli, 'Made there', '--store', 'two');
    const { exit, out } = await cli.run(['copy', '--to', 'two']);
    expect({ exit, out }).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/verified: 2 events in 2 streams.*\nleft alone: 1 stream that only the target has/),
    });
    expect(await cli.json(['copy', '--to', 'two'])).toMatchObject({ data: { copied: 0, only_in_target: 1 } });
    expect(await cli.json(['show', id, '--store', 'two'])).toMatchObject({ exit: 0 });
    await cli.remove();
  });
});
