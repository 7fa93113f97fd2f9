import type { EdgeCode } from './exits.ts';
import { Refused } from '../../worker/refused.ts';
import { failed, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** What an exception means for the caller. Errors are told by name, so that no class has to be loaded for it. */
const CODES: Readonly<Record<string, EdgeCode>> = {
  UsageError: 'Usage',
  InvalidSetting: 'Usage',
  InvalidEvents: 'Usage',
  InvalidCursor: 'Usage',
  NoBoard: 'NoBoard',
  StoreUnavailable: 'StoreUnavailable',
  StoreUnreadable: 'StoreUnreadable',
  CorruptEvent: 'CorruptEvent',
  SqliteTooOld: 'StoreUnavailable',
};

/** An error as an outcome: known ones with their facts and how to mend them, anything else as a defect. */
export const failureOf = (error: unknown): Outcome => {
  if (!(error instanceof Error)) return failed('Defect', String(error));
  if (error instanceof Refused) return refused(error.answer);
  const code = CODES[error.name];
  if (code === undefined) return failed('Defect', `${error.name}: ${error.message}`, { stack: error.stack });
  const facts: Readonly<Record<string, unknown>> = 'facts' in error && typeof error.facts === 'object' ? { ...error.facts } : factsOf(error);
  const mend = 'mend' in error && typeof error.mend === 'string' && !error.message.includes(error.mend) ? `${error.message}; ${error.mend}` : error.message;
  return failed(code, mend, facts);
};

const factsOf = (error: Error): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(error).filter(([key]) => key !== 'name' && key !== 'message' && key !== 'cause'));
