import { anything, onlyAllowed, type Allowed } from './allowed.ts';
import type { Outcome } from './claimHandle.ts';

/** null says nothing, as undefined does. */
const OUTCOME: Allowed<Outcome> = {
  summary: { takes: 'text', is: (value) => value === null || typeof value === 'string' },
  result: anything,
  artifacts: { takes: 'a list', is: (value) => value === null || Array.isArray(value) },
};

/** A misspelt summary would be lost for good. @throws InvalidValue */
export const onlyOutcome = (what: string, given: unknown): void => onlyAllowed(what, OUTCOME, given);

/** summary, result and artifacts of what a handler returned; an answer of the board, or what is no object, is no outcome but still a completion. @throws InvalidValue */
export const outcomeIn = (returned: unknown): Outcome => {
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned) || isAnswer(returned)) return {};
  onlyOutcome('what the handler returned', returned);
  const { summary, result, artifacts }: { summary?: unknown; result?: unknown; artifacts?: unknown } = returned;
  return {
    ...(typeof summary === 'string' ? { summary } : {}),
    ...(result === undefined ? {} : { result }),
    ...(Array.isArray(artifacts) ? { artifacts: artifacts.map(String) } : {}),
  };
};

const isAnswer = (returned: object): boolean => 'ok' in returned && typeof returned.ok === 'boolean';
