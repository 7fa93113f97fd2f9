import { crc32 } from 'node:zlib';

/** CRC-32 of the text in UTF-8. */
export const checksum = (text: string): number => crc32(text);

/**
 * The checksum of texts with `between` between them, from their own checksums and lengths (bytes): one call of `checksum` then looks at all of them,
 * which takes half as long as a call for each. As crc32_combine of zlib: a checksum is a polynomial over GF(2), which n bytes that follow multiply by x^8n.
 */
export const checksumOfJoined = (between: string): ((sums: readonly number[], lengths: readonly number[]) => number) => {
  const [gap, bytes] = [checksum(between), Buffer.byteLength(between)];
  // Texts have a few hundred lengths.
  const steps = new Map<number, Step>();
  const stepOf = (length: number): Step => {
    const known = steps.get(length);
    if (known !== undefined) return known;
    const step = { power: powerOf(bytes + length), gap: product(powerOf(length), gap) };
    steps.set(length, step);
    return step;
  };
  return (sums, lengths) => {
    let joined = sums[0] ?? 0;
    for (let n = 1; n < sums.length; n += 1) {
      const step = stepOf(lengths[n] ?? 0);
      joined = product(step.power, joined) ^ step.gap ^ (sums[n] ?? 0);
    }
    return joined >>> 0;
  };
};

/** What a gap and a text of some length multiply a checksum by, and what the gap adds to it. */
type Step = { readonly power: number; readonly gap: number };

/** The highest bit of a checksum is the power 0. */
const POLYNOMIAL = 0xedb88320;
const X0 = 0x80000000;
const X8 = 0x00800000;

const product = (a: number, b: number): number => {
  let [result, left, right] = [0, a, b];
  for (let power = 0; power < 32; power += 1) {
    result ^= right & (left >> 31);
    left <<= 1;
    right = (right >>> 1) ^ (POLYNOMIAL & -(right & 1));
  }
  return result;
};

/** x^8n */
const powerOf = (n: number): number => {
  let [power, base] = [X0, X8];
  for (let rest = n; rest > 0; rest >>>= 1) {
    if ((rest & 1) === 1) power = product(base, power);
    base = product(base, base);
  }
  return power;
};
