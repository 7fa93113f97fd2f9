/** The end of a stream of output. */
type OutputTail = {
  add(chunk: Uint8Array): void;
  /** At most the last `bytes` bytes, as text; what is not UTF-8 is replaced. */
  text(): string;
  /** The last line that says something; null when there is none. */
  lastLine(): string | null;
};

/** Keeps the last `bytes` bytes of what is added (and at most as much again, so that cutting is rare). */
export const outputTail = (bytes: number): OutputTail => {
  let kept: Buffer = Buffer.alloc(0);
  const text = (): string => {
    let from = Math.max(kept.length - bytes, 0);
    // not from the middle of a character: bytes 10xxxxxx continue one
    while (from > 0 && from < kept.length && ((kept[from] ?? 0) & 0xc0) === 0x80) from += 1;
    return kept.subarray(from).toString('utf8');
  };
  return {
    add: (chunk) => {
      const last = chunk.subarray(-2 * bytes);
      const joined = Buffer.concat([kept, last]);
      kept = joined.length > 2 * bytes ? joined.subarray(-bytes - 4) : joined;
    },
    text,
    lastLine: () =>
      text()
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .findLast((line) => line !== '') ?? null,
  };
};
