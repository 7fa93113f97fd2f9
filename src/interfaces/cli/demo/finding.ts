/** One thing that must be so, and what was found in the log or of a process. */
export type Finding = { readonly act: string; readonly expected: string; readonly seen: string; readonly ok: boolean };

/** Collects what is true of one act. */
export const findingsOf = (act: string, facts: readonly (readonly [expected: string, ok: boolean, seen: unknown])[]): readonly Finding[] =>
  facts.map(([expected, ok, seen]) => ({ act, expected, ok, seen: typeof seen === 'string' ? seen : (JSON.stringify(seen) ?? 'nothing') }));

export const findingText = ({ act, expected, seen, ok }: Finding): string =>
  ok ? `  ok   ${act.padEnd(4)}${expected}` : `  NOT  ${act.padEnd(4)}expected ${expected}\n           saw ${seen}`;
