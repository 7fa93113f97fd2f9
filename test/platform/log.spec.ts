import { expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/eventstore/errors.ts';
import { errorFacts } from '../../src/platform/log.ts';

it('logs an outage with what to do and without a stack, and a defect with its stack', () => {
  const outage = new StoreUnavailable('no answer', 'start it', { cause: new Error('ECONNREFUSED') });
  expect(errorFacts(outage)).toEqual({ type: 'StoreUnavailable', message: 'no answer', mend: 'start it' });
  expect(errorFacts(new TypeError('a defect'))).toMatchObject({ type: 'TypeError', stack: expect.stringContaining('log.spec') });
});
