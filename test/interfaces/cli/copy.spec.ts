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
});
