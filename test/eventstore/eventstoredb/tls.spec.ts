import { describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from '../../../src/eventstore/eventstoredb/address.ts';
import { diagnoseEventStoreDb } from '../../../src/eventstore/eventstoredb/diagnose.ts';
import { sharedClient } from '../../../src/eventstore/eventstoredb/sharedClient.ts';
import { START } from '../../../src/eventstore/port.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { CERTIFICATES, eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';
import { freshStream, isCaughtUp, pullUntil, someEvents } from '../../support/storeEvents.ts';
import { onTheDouble, QUICK } from './onTheDouble.ts';

const { open, server } = onTheDouble({ tls: true });
const at = (options: string, host = '127.0.0.1'): string => `esdb://${host}:${server().network.port}?${options}`;

describe('a server with TLS', () => {
  it('is written to, read and subscribed to', async () => {
    const [store, stream] = [await open(), freshStream()];
    expect(await store.append(stream, someEvents(3), 'no_stream')).toMatchObject({ revision: 2n });
    expect(await store.readStream(stream)).toHaveLength(3);
    await pullUntil(store, { after: START, prefixes: [stream] }, isCaughtUp);
  });

  it.each([
    ['whose CA is not named', () => 'tls=true'],
    ['of another CA than the one named', () => `tlsCAFile=${CERTIFICATES.otherCa}`],
  ])('%s is refused at once, with its address, the reason and what to write', async (_, options) => {
    const began = performance.now();
    await expect(open({ address: at(options()) })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: expect.stringContaining(`cannot read $all: esdb://127.0.0.1:${server().network.port}: its certificate is not trusted here (`),
      mend: 'name the certificate of the CA that signed it in the address: tlsCAFile=ca.crt',
    });
    expect(performance.now() - began).toBeLessThan(QUICK.storeWaitMs);
  });

  it('that is called by a name which its certificate does not have is refused at once', async () => {
    const address = at(`tlsCAFile=${CERTIFICATES.ca}`, 'localhost');
    await expect(open({ address })).rejects.toMatchObject({ message: expect.stringMatching(/localhost:\d+: its certificate is for another name/) });
  });

  it('that is called without TLS hangs up, which is told with what may be wrong', async () => {
    await expect(open({ address: at('tls=false'), timings: { storeWaitMs: 50 } })).rejects.toMatchObject({
      message: expect.stringMatching(/127\.0\.0\.1:\d+ gave no answer in \d+ s: it hangs up/),
      mend: expect.stringContaining('leave tls=false out'),
    });
  });

  it('is looked at by doctor', async () => {
    const options = { clock: systemClock(), readOnly: true, waitMs: 30_000 };
    const levels = async (address: string) => (await diagnoseEventStoreDb({ ...options, address })).map(({ check, level }) => `${check} ${level}`);
    expect(await levels(server().address)).toEqual(['tls ok', 'server ok', 'version ok', 'rights ok']);
    expect(await levels(at('tls=true'))).toEqual(['tls ok', 'server fail']);
  });
});

describe('a server without TLS', () => {
  it('that is called with it is refused at once', async () => {
    const plain = await eventStoreDbDouble();
    await expect(open({ address: plain.address.replace('tls=false', 'tls=true') })).rejects.toMatchObject({
      message: expect.stringContaining(`cannot read $all: esdb://127.0.0.1:${plain.network.port}: it does not speak TLS (`),
      mend: expect.stringContaining('tls=false'),
    });
    await plain.close();
  });
});

describe('the certificates that an address names', () => {
  it.each([
    ['tlsCAFile=/nowhere/ca.crt', 'tlsCAFile /nowhere/ca.crt cannot be read (ENOENT)'],
    ['tlsCAFile=/', 'tlsCAFile / cannot be read (EISDIR)'],
    [`tlsCAFile=${CERTIFICATES.key}`, `tlsCAFile ${CERTIFICATES.key} holds no certificate`],
    ['tlsCAFile=%zz', 'tlsCAFile %zz cannot be read (URIError'],
    [`userCertFile=${CERTIFICATES.ca}&userKeyFile=${CERTIFICATES.ca}`, `userKeyFile ${CERTIFICATES.ca} holds no private key`],
  ])('%s: what is wrong with the file is told by its name', async (options, told) => {
    await expect(open({ address: at(options) })).rejects.toMatchObject({
      message: expect.stringContaining(`cannot open esdb://127.0.0.1:${server().network.port}: ${told}`),
      mend: expect.stringMatching(/^name the PEM file of the (certificate|private key) in the address/),
    });
  });

  it('do not matter without TLS', async () => {
    const plain = await eventStoreDbDouble();
    await (await open({ address: `${plain.address}&tlsCAFile=/nowhere` })).head();
    await plain.close();
  });

  it('may be away while a client is replaced: the old one serves on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-ca-'));
    const ca = join(folder, 'ca.crt');
    copyFileSync(CERTIFICATES.ca, ca);
    const address = at(`tlsCAFile=${ca}`);
    const store = await open({ address });
    rmSync(folder, { recursive: true });
    const shared = sharedClient(addressOf(address), 'classic', systemClock(), 100);
    shared.renew();
    await shared.renewing();
    expect(await store.head()).toBeGreaterThanOrEqual(START);
    await shared.release();
  });
});
