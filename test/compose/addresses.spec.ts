import { describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/stores.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { shownAddress } from '../../src/platform/shownAddress.ts';

const opened = (store: string) => openStore({ store, clock: systemClock() });

describe('the address of a store', () => {
  it.each([
    ['kurrentdb://localhost:2113', 'esdb://'],
    ['kurrentdb+discover://dns:2113', 'esdb+discover://'],
  ])('%s is explained by what to write instead', (store, mend) =>
    expect(opened(store)).rejects.toMatchObject({ name: 'StoreUnavailable', mend: expect.stringContaining(mend) }),
  );

  it('of an unknown kind is refused without repeating a password', async () => {
    const refused = opened('postgres://ana:secret@db/board');
    await expect(refused).rejects.toMatchObject({ name: 'StoreUnavailable', message: expect.not.stringContaining('secret') });
  });

  it.each([
    ['esdb://ana:se%40cret@db:2113?tls=false', 'esdb://…@db:2113?tls=false'],
    ['esdb+discover://db:2113', 'esdb+discover://db:2113'],
    ['/home/ana/x@y/.holdfast', '/home/ana/x@y/.holdfast'],
  ])('%s is shown as %s', (store, shown) => expect(shownAddress(store)).toBe(shown));
});
