import { createHash, hash, randomBytes, randomInt, randomUUID } from 'node:crypto';

/** Names event ids of this program (RFC 9562 §5.5); any fixed UUID does. */
const NAMESPACE = Buffer.from('6f1d0d5e0f6b4c0c9f3a7b1de3c25a11', 'hex');

/** A fresh random UUID. */
export const uuid = (): string => randomUUID();

/** UUID v5: the same name gives the same id. By hand, because loading a library for it costs a cold command 15 ms. */
export const uuidOf = (name: string): string => {
  const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(name)]));
  const variant = (Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/**
 * Another UUID for each index below 65,536, always the same for the same UUID and index. It is of version 8 (RFC 9562 §5.8), so it never equals one
 * of the given version, and as random as that. Made without a hash, which would cost more than everything else that is done to write an event.
 */
export const uuidBeside = (id: string, index: number): string => {
  const last = (Number.parseInt(id.slice(32), 16) + index) % 0x10000;
  return `${id.slice(0, 14)}8${id.slice(15, 32)}${last.toString(16).padStart(4, '0')}`;
};

/** 16 hex characters of SHA-256: tells one body from another, is not a signature. */
export const digest = (text: string): string => hash('sha256', text).slice(0, 16);

/** `count` random bytes. */
export const bytes = (count: number): Uint8Array => randomBytes(count);

/** SHA-256 of a name, as bytes. */
export const bytesOf = (name: string): Uint8Array => createHash('sha256').update(name).digest();

/** A random integer from 0 to `below` - 1. */
export const randomBelow = (below: number): number => randomInt(below);
