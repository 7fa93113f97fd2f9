import { describe, expect, it } from '@jest/globals';
import { logsOf } from '../../src/logs.ts';
import { dataFolder } from '../../src/platform/dataFolder.ts';

const store = { identity: async () => '7b0e' };

describe('the logs of a store', () => {
  it.each([
    ['/repo/.holdfast', '/repo/.holdfast/logs'],
    ['/repo/.holdfast/log.db', '/repo/.holdfast/logs'],
    ['/srv/board.db', '/srv/board.logs'],
    ['esdb://localhost:2113?tls=false', `${dataFolder()}/logs/7b0e`],
    ['memory:', null],
  ])('of %s are in %s', async (address, folder) => {
    expect(await logsOf({ address, store })).toBe(folder);
  });
});
