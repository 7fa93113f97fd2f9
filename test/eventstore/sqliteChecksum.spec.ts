import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { checksum, checksumOfJoined } from '../../src/eventstore/sqlite/checksum.ts';

describe('the checksum of joined texts', () => {
  it('is that of the whole, whatever the texts and what is between them', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), (between, texts) => {
        const lengths = texts.map((one) => Buffer.byteLength(one));
        return checksumOfJoined(between)(texts.map(checksum), lengths) === checksum(texts.join(between));
      }),
    );
  });
});
