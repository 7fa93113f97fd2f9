import { expect, it } from '@jest/globals';
import { shownAddress } from '../../src/platform/shownAddress.ts';

it.each([
  ['/repo/.holdfast', '/repo/.holdfast'],
  ['/a//b@c', '/a//b@c'],
  ['esdb://localhost:2113?tls=false', 'esdb://localhost:2113?tls=false'],
  ['esdb://localhost:2113?tlsCAFile=/x@y/ca.crt', 'esdb://localhost:2113?tlsCAFile=/x@y/ca.crt'],
  ['esdb://ana:p%3Aw@db:2113?tlsCAFile=/x@y/ca.crt', 'esdb://…@db:2113?tlsCAFile=/x@y/ca.crt'],
  ['esdb://ana:p=w@db', 'esdb://…@db'],
  ['esdb://ana:p/w@db?tls=true', 'esdb://…@db?tls=true'],
  ['esdb://ana:p?w@db', 'esdb://…@db'],
  ['esdb://ana:p@w@db', 'esdb://…@db'],
  ['Kurrentdb://ana:p@db', 'Kurrentdb://…@db'],
])('%s is shown as %s', (address, shown) => expect(shownAddress(address)).toBe(shown));
