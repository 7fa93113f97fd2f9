import { describe, expect, it } from '@jest/globals';
import { addressOf } from '../../../src/eventstore/eventstoredb/address.ts';
import { isLasting, unreachable } from '../../../src/eventstore/eventstoredb/causes.ts';
import { StoreUnavailable } from '../../../src/eventstore/errors.ts';

const refusal = (address: string): StoreUnavailable => {
  try {
    addressOf(address);
  } catch (error) {
    if (error instanceof StoreUnavailable) return error;
  }
  throw new Error(`${address} was not refused`);
};

describe('an address of EventStoreDB', () => {
  it.each([
    ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113'],
    ['esdb://localhost', 'esdb://localhost'],
    ['esdb://localhost:2113/?tls=false', 'esdb://localhost:2113'],
    ['esdb+discover://a.example,b.example:2114?tlsCAFile=./certs/ca.crt&keep_alive_interval=10000', 'esdb+discover://a.example,b.example:2114'],
    ['esdb://ana:p%3Aw%40d%2F%25@db:2113?tlsCAFile=/x@y/ca.crt', 'esdb://…@db:2113'],
  ])('%s is shown as %s', (address, shown) => expect(addressOf(address).shown).toBe(shown));

  it.each([
    ['esdb://', /no host/],
    ['esdb://?tls=false', /no host/],
    ['esdb:localhost', /no address/],
    ['esdb://[::1]:2113', /IPv6/],
    ['esdb://::1', /IPv6/],
    ['esdb://localhost:notaport', /‘localhost:notaport’ is no host:port/],
    ['esdb://localhost:99999', /port from 1 to 65535/],
    ['esdb://localhost?tls=maybe', /tls cannot be ‘maybe’/],
    ['esdb://localhost?defaultDeadline=10s', /defaultDeadline cannot be ‘10s’/],
    ['esdb://localhost?tsl=false', /no option ‘tsl’/],
    ['esdb://localhost?tlsVerifyCert=false', /no effect/],
    ['esdb://localhost?throwOnAppendFailure=false', /no option/],
    ['esdb://localhost?nodePreference=follower', /nodePreference cannot be/],
  ])('%s is refused in words of ours, and with what to write instead', (address, words) => {
    const { message, mend } = refusal(address);
    expect(message).toMatch(words);
    expect(mend).not.toBe('');
  });

  it.each(['XXX:YYY', 'XXX/YYY', 'XXX?YYY', '123?YYY', 'XXX@YYY', 'XXX%YYY'])(
    'a password %p that is not percent-encoded is told, and not shown',
    (password) => {
      const { message, mend } = refusal(`esdb://ana:${password}@db:2113?tls=true`);
      expect(message).not.toMatch(/XXX|YYY|123/);
      expect(mend).toMatch(/percent-encode/);
    },
  );
});

const said = (words: string, what = 'read $all') => unreachable('esdb://db:2113', what, 20_400, new Error(words));

describe('what is said of a server that does not answer', () => {
  it('is where, for how long, why, and what to do', () => {
    const { message, mend } = said('14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:2113. Resolution note: ');
    expect(message).toBe('cannot read $all: esdb://db:2113 gave no answer in 20 s: nobody listens there (connect ECONNREFUSED 127.0.0.1:2113)');
    expect(mend).toBe('check that the server runs, and host and port');
  });

  it.each([
    ['14 UNAVAILABLE: Name resolution failed for target dns:db:2113', /host name is not known/],
    [
      '14 UNAVAILABLE: No connection established. Last error: Protocol error (2026-11-21T10:59:08.408Z). Resolution note: ',
      /not EventStoreDB \(Protocol error\)$/,
    ],
    ['14 UNAVAILABLE: No connection established. Last error: Failed to connect (2026-11-21T10:59:08.408Z). Resolution note: ', /hangs up/],
    ['silence for 5000 ms', /says nothing/],
    ['Failed to discover after 10 attempts.', /no node/],
    ['something new', /20 s: something new$/],
  ])('%s', (words, message) => expect(said(words).message).toMatch(message));

  it('of a name that is not known tells that a stopped container has none', () =>
    expect(said('14 UNAVAILABLE: Name resolution failed for target dns:kurrentdb:2113').mend).toBe('check the host name; a stopped container has none'));

  it('leaves out a wait that was none', () =>
    expect(unreachable('esdb://db:2113', 'read $all', 80, new Error('unable to verify the first certificate')).message).toBe(
      'cannot read $all: esdb://db:2113: its certificate is not trusted here (unable to verify the first certificate)',
    ));

  it('of an append also says that it may have been stored', () => {
    expect(said('silence', 'append to task-1').mend).toMatch(/may have been stored/);
    expect(said('silence', 'read $all').mend).not.toMatch(/stored/);
  });

  it.each([
    ['unable to verify the first certificate', true],
    ["Hostname/IP does not match certificate's altnames", true],
    ['error:0A00010B:SSL routines:ssl3_get_record:wrong version number', true],
    ['connect ECONNREFUSED 127.0.0.1:2113', false],
    ['Name resolution failed', false],
  ])('%s: whether waiting is in vain: %p', (words, lasting) => expect(isLasting(new Error(words))).toBe(lasting));
});
