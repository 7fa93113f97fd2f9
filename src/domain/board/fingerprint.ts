/** Characters that are enough to tell one error from another (facts/hermes-kanban.md §1.7). */
const LENGTH = 80;

/** What differs between two ends of the same kind, in the order in which it is masked: a path may hold a number, but no number a path. */
const MASKS: readonly (readonly [what: RegExp, by: string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [/\bt_[0-9A-HJKMNP-TV-Z]{10}\b/g, '<task>'],
  [/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?/g, '<time>'],
  [/(?:[a-z][a-z+.-]*:\/\/[^\s"'`)]+)/gi, '<url>'],
  [/(?<![\w<])(?:~|\.{1,2})?(?:\/[\w.@+~-]+){2,}\/?/g, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '<hex>'],
  [/\bpid \d+/gi, 'pid <n>'],
  [/\d{5,}/g, '<n>'],
  [/\s+/g, ' '],
];

/** The same text for errors that are the same but for pids, ids, paths, addresses, times and long numbers; short numbers, such as an exit code, stay. */
export const fingerprintOf = (error: string): string =>
  MASKS.reduce((text, [what, by]) => text.replaceAll(what, by), error)
    .trim()
    .slice(0, LENGTH);
