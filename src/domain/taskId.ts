import type { TaskId } from './ids.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 10;
const BITS = 5;

/** The task id that the first 50 bits spell: those of a hash for an idempotency key, random ones otherwise. Throws RangeError under 7 bytes. */
export const taskIdFromBytes = (bytes: Uint8Array): TaskId => {
  if (bytes.length * 8 < CHARACTERS * BITS) throw new RangeError(`a task id takes 7 bytes, got ${bytes.length}`);
  const bits = Array.from(bytes.subarray(0, 7), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = Array.from({ length: CHARACTERS }, (_, index) => CROCKFORD[Number.parseInt(bits.slice(index * BITS, (index + 1) * BITS), 2)]);
  return `t_${characters.join('')}`;
};
