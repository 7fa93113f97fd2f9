import { afterAll, expect, it, jest } from '@jest/globals';
import { describeOnServers } from '../support/eventStoreDb/servers.ts';
import { cliIn, newFolder } from './support/cli.ts';

const folder = newFolder();
afterAll(async () => (await folder).remove());
jest.setTimeout(180_000); // real waits of production, on a machine that may be busy

describeOnServers('holdfast demo --store esdb://…', (start) => {
  it('tells all of its stories on a board of its own, and exits 0', async () => {
    const server = await start();
    const { dir } = await folder;
    const { exit, data } = await cliIn(dir).json(['demo', '--store', server.address], { XDG_CACHE_HOME: dir });
    await server.close();
    expect(data['line']).toBe('23 of 25 done once, 1 given up, 1 in a block loop · log refold = views · verify ok');
    expect(exit).toBe(0);
  });
});
