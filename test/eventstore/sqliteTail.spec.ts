import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { join } from 'node:path';
import { logFolder, start } from '../support/storeProcesses.ts';

describe('two processes on one log', () => {
  it('tail each other: each hears every turn of the other, in order', async () => {
    const path = join(logFolder(), 'main.db');
    const turns = 201;
    const one = start('./storePeer.mjs', path, 'ping-1', 'pong-1', String(turns), 'begins');
    const two = start('./storePeer.mjs', path, 'pong-1', 'ping-1', String(turns), 'waits');
    const heard = await Promise.all([one, two].map((peer) => once(peer, 'message')));
    const odd = Array.from({ length: 101 }, (_, i) => 2 * i + 1);
    const even = Array.from({ length: 100 }, (_, i) => 2 * i + 2);
    expect(heard).toEqual([
      [even, undefined],
      [odd, undefined],
    ]);
  });
});
