import type { Refusal, RefusalCode } from '../../domain/task/answers.ts';
import { EXIT, EXITS } from './exits.ts';
import type { EdgeCode } from './exits.ts';

type Failure = { readonly code: string; readonly message: string } & { readonly [fact: string]: unknown };

/** What a verb has to say. `text` is for people, `data` the same for programs; `streamed`: it has said it already. */
export type Outcome =
  | { readonly kind: 'data'; readonly exit: number; readonly data: unknown; readonly text: string }
  | { readonly kind: 'error'; readonly exit: number; readonly error: Failure }
  | { readonly kind: 'streamed'; readonly exit: number };

export const done = (data: unknown, text: string, exit: number = EXIT.ok): Outcome => ({ kind: 'data', exit, data, text });

export const streamed = (exit: number = EXIT.ok): Outcome => ({ kind: 'streamed', exit });

export const refused = (refusal: Refusal): Outcome => {
  const { ok: _, ...facts } = refusal;
  return { kind: 'error', exit: EXITS[refusal.code], error: facts };
};

export const failed = (code: EdgeCode | RefusalCode, message: string, facts: Readonly<Record<string, unknown>> = {}): Outcome => ({
  kind: 'error',
  exit: EXITS[code],
  error: { ...facts, code, message },
});
