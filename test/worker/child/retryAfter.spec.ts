import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { retryAfterIn } from '../../../src/worker/child/retryAfter.ts';
import { scratch } from '../../support/holdfast.ts';

let home: ReturnType<typeof scratch>;
beforeAll(() => {
  home = scratch();
});
afterAll(() => home.remove());

describe('what a rate limited worker left about when to come again', () => {
  it.each([
    { left: '10m\n', retry_after_ms: 600_000 },
    { left: '90s', retry_after_ms: 90_000 },
    { left: '1d', retry_after_ms: 86_400_000 },
    { left: '\n', retry_after_ms: null },
  ])('$left is a wait', async ({ left, retry_after_ms }) => {
    const path = join(home.folder, 'retry-after');
    writeFileSync(path, left);
    expect(await retryAfterIn(path)).toEqual({ retry_after_ms, problem: null });
  });

  it('may be nothing', async () => expect(await retryAfterIn(join(home.folder, 'none'))).toEqual({ retry_after_ms: null, problem: null }));

  it.each(['600', '-10m', '999ms', '2d', 'soon', 'Sat, 21 Nov 2026 09:00:00 GMT', 'x'.repeat(1000)])(
    'that is ‘%s’ is a problem that names it and what is allowed',
    async (left) => {
      const path = join(home.folder, 'retry-after');
      writeFileSync(path, left);
      const { retry_after_ms, problem } = await retryAfterIn(path);
      expect(retry_after_ms).toBeNull();
      expect(problem).toContain(`‘${left.slice(0, 64)}’ is not allowed: it takes a number with a unit`);
      expect(problem).toContain('from 1s to 1d');
    },
  );

  it('is not read through a link', async () => {
    const path = join(home.folder, 'link');
    symlinkSync('/etc/hostname', path);
    expect(await retryAfterIn(path)).toMatchObject({ retry_after_ms: null, problem: expect.stringContaining('could not be read') });
  });
});
