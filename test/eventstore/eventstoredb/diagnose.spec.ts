import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { diagnoseEventStoreDb } from '../../../src/eventstore/eventstoredb/diagnose.ts';
import type { DiagnoseEventStoreDb } from '../../../src/eventstore/eventstoredb/diagnose.ts';
import { skewFinding, tlsFindings, versionFinding } from '../../../src/eventstore/eventstoredb/serverFindings.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type EventStoreDbDouble, eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';

describe('what a server says of itself', () => {
  let server: EventStoreDbDouble;
  beforeEach(async () => {
    server = await eventStoreDbDouble();
  });
  afterEach(() => server.close());

  const findings = (more: Partial<DiagnoseEventStoreDb> = {}) =>
    diagnoseEventStoreDb({ address: server.address, clock: systemClock(), readOnly: false, waitMs: 20_000, ...more });

  it('everything is well: it answers, its version, its clock, rights on $all', async () => {
    expect(await findings()).toEqual([
      { check: 'tls', level: 'ok', saw: 'off, on this machine only', mend: null },
      { check: 'server', level: 'ok', saw: expect.stringMatching(/^esdb:\/\/127\.0\.0\.1:\d+ answers$/), mend: null },
      { check: 'version', level: 'ok', saw: '24.2.0', mend: null },
      { check: 'clock', level: 'ok', saw: expect.stringContaining('the server’s clock is'), mend: null },
      { check: 'rights', level: 'ok', saw: 'reads $all and subscribes to it', mend: null },
    ]);
  });

  it('appends nothing when it may only read', async () => {
    const before = server.log.all.length;
    expect((await findings({ readOnly: true })).map(({ check, level }) => `${check} ${level}`)).toEqual(['tls ok', 'server ok', 'version ok', 'rights ok']);
    expect(server.log.all).toHaveLength(before);
  });

  it('measures how far the server’s clock is from ours', async () => {
    const clock = { ...systemClock(), now: () => Date.now() - 60_000 };
    expect(await findings({ clock })).toContainEqual(
      expect.objectContaining({ check: 'clock', level: 'fail', saw: expect.stringMatching(/is (5[5-9]|6\d)\d{3} ms ahead/) }),
    );
  });

  it('one that is not there, or mute, fails in the time given', async () => {
    server.network.freeze();
    expect((await findings({ waitMs: 500 })).at(-1)).toMatchObject({
      check: 'server',
      level: 'fail',
      saw: expect.stringContaining('gave no answer'),
      mend: expect.any(String),
    });
    await server.network.down();
    expect((await findings({ waitMs: 500 })).at(-1)).toMatchObject({ check: 'server', level: 'fail', saw: expect.stringContaining('gave no answer in') });
  });

  it('one that refuses the append says so', async () => {
    server.strike({ kind: 'access_denied' });
    expect(await findings()).toContainEqual(expect.objectContaining({ check: 'clock', level: 'fail' }));
  });

  it('one whose subscriptions are not confirmed has no rights to show', async () => {
    server.ignoreNext('subscription');
    expect((await findings({ waitMs: 2000 })).at(-1)).toMatchObject({ check: 'rights', level: 'fail', mend: expect.stringContaining('docs/production.md') });
  });

  it('one that does not tell its version is to look at', async () => {
    server.failFeatures(true);
    expect(await findings()).toContainEqual(expect.objectContaining({ check: 'version', level: 'warn' }));
  });

  it('an address that cannot be read is a finding without its password', async () => {
    const [finding] = await findings({ address: 'esdb://ana:secret@[::1]:2113' });
    expect(finding).toMatchObject({ check: 'address', level: 'fail', saw: expect.stringContaining('IPv6') });
    expect(finding?.saw).not.toContain('secret');
  });
});

describe('findings about a server', () => {
  it.each([
    ['23.10.0', 'ok'],
    ['26.0.3', 'ok'],
    ['23.6.0', 'fail'],
    ['22.10.5', 'fail'],
    ['unknown', 'warn'],
    [undefined, 'warn'],
  ])('version %s is %s', (version, level) => expect(versionFinding(version).level).toBe(level));

  it.each([
    ['esdb://localhost:2113?tls=false', ['ok']],
    ['esdb://db.example:2113?tls=false', ['warn']],
    ['esdb://127.0.0.1:1,db.example:2113?Tls=false', ['warn']],
    ['esdb://db.example:2113', ['ok']],
    ['esdb://a:b@db.example:2113?tls=true&tlsCAFile=./ca.crt', ['ok']],
  ])('encryption of %s is %j', (address, levels) => expect(tlsFindings(address).map(({ level }) => level)).toEqual(levels));

  it.each([
    [900, 10, 'ok'],
    [-1500, 10, 'warn'],
    [1500, 600, 'ok'],
    [6000, 10, 'fail'],
    [-6000, 10, 'fail'],
  ])('a skew of %i ms, known within %i ms, is %s', (skew, known, level) => expect(skewFinding(skew, known).level).toBe(level));
});
