import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnv, createTask, MAIN_JS, newCli } from './support/cli.ts';
import type { Cli } from './support/cli.ts';

const PATIENCE_MS = 60_000;

describe('holdfast work that is told to end', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s stops its child and gives the claim back',
    async (signal) => {
      const id = await createTask(cli, 'Sleep', '--label', signal);
      const worker = spawn(process.execPath, [MAIN_JS, 'work', '--label', signal, '--', 'sleep', '600'], { cwd: cli.dir, env: cleanEnv(), stdio: 'ignore' });
      const exit = once(worker, 'exit');
      await cli.run(['events', '--follow', '--task', id, '--type', 'WorkerStarted', '--limit', '1']);
      worker.kill(signal);
      expect(await exit).toEqual([0, null]);
      const { data } = await cli.json(['history', id]);
      expect(data['events']).toEqual(
        expect.arrayContaining([expect.objectContaining({ type: 'ClaimReleased', data: expect.objectContaining({ reason: 'shutdown' }) })]),
      );
      expect(await cli.json(['show', id])).toMatchObject({ data: { status: 'ready', failures: 0 } });
    },
    PATIENCE_MS,
  );
});
