import { describe, expect, it } from '@jest/globals';
import { failureOf } from '../../../src/interfaces/cli/failures.ts';
import { Refused } from '../../../src/worker/refused.ts';

describe('an error that ends a verb', () => {
  it('is the refusal that it carries, with its exit code and its facts, and no defect', () => {
    const refused = new Refused({ ok: false, code: 'NotFound', message: 'there is no board nope', board: 'nope' });
    expect(failureOf(refused)).toEqual({ kind: 'error', exit: 3, error: { code: 'NotFound', message: 'there is no board nope', board: 'nope' } });
  });
});
