import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Names event ids of this program (RFC 9562 §5.5); any fixed UUID does. */
const NAMESPACE = Buffer.from('6f1d0d5e0f6b4c0c9f3a7b1de3c25a11', 'hex');

/** A fresh random UUID. */
export const uuid = (): string => randomUUID();

/** UUID v5: the same name gives the same id. By hand, because loading a library for it costs a cold command 15 ms. */
export const uuidOf = (name: string): string => {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** 16 hex characters of SHA-256: tells one body from another, is not a signature. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** `count` random bytes. */
export const bytes = (count: number): Uint8Array => randomBytes(count);

/** SHA-256 of a name, as bytes. */
export const bytesOf = (name: string): Uint8Array => createHash('sha256').update(name).digest();
