import { describe, expect, it } from '@jest/globals';
import { dataFolder } from '../../src/platform/dataFolder.ts';

describe('the data folder', () => {
  it.each([
    ['linux', {}, '/home/ana/.local/share/holdfast'],
    ['linux', { XDG_DATA_HOME: '/big/data' }, '/big/data/holdfast'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ana/.local/share/holdfast'],
    ['darwin', { XDG_DATA_HOME: '/big/data' }, '/home/ana/Library/Application Support/holdfast'],
  ] as const)('on %s with %j is %s', (platform, env, folder) => {
    expect(dataFolder({ platform, env, home: '/home/ana' })).toBe(folder);
  });
});
