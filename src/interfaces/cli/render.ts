import type { Io } from './io.ts';
import type { Outcome } from './outcome.ts';
import type { Paint } from './text/paint.ts';
import { printable } from './text/printable.ts';

/** Positions and revisions are decimal strings in JSON (design §7). */
export const jsonText = (value: unknown): string => JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));

const SCHEMA_VERSION = 1;

/** For these the message says it all. Other codes are printed before it, because the rest of Holdfast uses them as words too. */
const PLAIN = ['Usage', 'NoBoard', 'InvalidInput'];

/** Results go to stdout; a failure too under --json, so that `2>&1` stays one document, else to stderr. */
export const render = (outcome: Outcome, { json, io, paint }: { readonly json: boolean; readonly io: Io; readonly paint: Paint }): void => {
  switch (outcome.kind) {
    case 'streamed':
      return;
    case 'data':
      if (json) io.out(`${jsonText({ schema_version: SCHEMA_VERSION, data: outcome.data })}\n`);
      else if (outcome.text !== '') io.out(`${printable(outcome.text, io.terminal)}\n`);
      return;
    case 'error': {
      const { code, message } = outcome.error;
      if (json) io.out(`${jsonText({ schema_version: SCHEMA_VERSION, error: outcome.error })}\n`);
      else io.err(`${paint.red(PLAIN.includes(code) ? '' : `${code}: `)}${printable(message, false)}\n`);
    }
  }
};
