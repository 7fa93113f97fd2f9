import { describe, expect, it } from '@jest/globals';
import { cacheFolder } from '../../src/platform/cacheFolder.ts';

describe('the cache folder', () => {
  it.each([
    ['linux', {}, '/home/ana/.cache/holdfast'],
    ['linux', { XDG_CACHE_HOME: '/fast/cache' }, '/fast/cache/holdfast'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ana/.cache/holdfast'],
    ['darwin', { XDG_CACHE_HOME: '/fast/cache' }, '/home/ana/Library/Caches/holdfast'],
  ] as const)('on %s with %j is %s', (platform, env, folder) => {
    expect(cacheFolder({ platform, env, home: '/home/ana' })).toBe(folder);
  });
});
