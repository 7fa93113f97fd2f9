import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { describeOnServers, freshBoard } from '../support/eventStoreDb/servers.ts';
import { start } from '../support/storeProcesses.ts';

describeOnServers('a process with a board on EventStoreDB', (open) => {
  it('ends by itself within 2 s of close(), with appends, reads and a subscription under way', async () => {
    const server = await open();
    const child = start('./boardCloser.mjs', server.address, freshBoard());
    const exited = once(child, 'exit');
    await once(child, 'message');
    const began = performance.now();
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(2000);
    await server.close();
  });
});
