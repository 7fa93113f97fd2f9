import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';
import { cliWith, type Cli, newFolder } from '../../e2e/support/cli.ts';
import { runIn } from './inProcess.ts';

/** A read of the log's head as the store is opened, the board's stream and the task's: more would grow with the board. */
const READS = 4;

let server: EventStoreDbDouble;
let cli: Cli;
let mine: string;
beforeAll(async () => {
  server = await eventStoreDbDouble();
  const { dir, remove } = await newFolder();
  const run = runIn(dir);
  cli = { ...cliWith(dir, (args, env) => run([...args, '--store', server.address], env)), remove };
  await cli.run(['init']);
  mine = (await cli.run(['create', '-q', 'mine'])).out.trim();
  for (let i = 0; i < 20; i += 1) await cli.run(['create', `another ${i}`]);
});
afterAll(async () => {
  await server.close();
  await cli.remove();
});

describe('a one-shot command on a server', () => {
  it.each<readonly string[]>([
    ['show', 'T'],
    ['claim', 'T'],
    ['heartbeat', 'T', '--run', '1', '--worker', 'ana@build-3'],
    ['progress', 'T', '--run', '1', '--worker', 'ana@build-3', '--percent', '10'],
    ['history', 'T'],
    ['comment', 'T', 'hello'],
    ['complete', 'T', '--run', '1', '--worker', 'ana@build-3'],
    ['why', 'T'],
  ])('%s reads only the streams it is about', async (...args) => {
    const before = { ...server.calls };
    const ran = await cli.run(args.map((arg) => (arg === 'T' ? mine : arg)));
    expect(ran).toMatchObject({ exit: 0 });
    expect(server.calls.subscription - before.subscription).toBe(0);
    expect(server.calls.read - before.read).toBeLessThanOrEqual(READS);
  });
});
