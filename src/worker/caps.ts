import { Cap } from '../domain/caps.ts';
import { InvalidValue } from './schema.ts';

/** Limits across tasks that a claim asks for itself; the board's own hold besides. */
export type CapOptions = {
  /** Claim only while fewer runs than this are open on the board. */
  readonly cap?: number;
  /** The same for runs in this name: `assignee`, else the worker. */
  readonly cap_per_assignee?: number;
};

const checked = (value: number, field: string): number => {
  const outcome = Cap.safeParse(value);
  if (outcome.success) return outcome.data;
  throw new InvalidValue(`${field}: ${value} is not allowed; ${outcome.error.issues[0]?.message ?? ''}`);
};

/** The caps that were given. @throws InvalidValue, naming the field, its value and the range */
export const capsOf = ({ cap, cap_per_assignee }: CapOptions): CapOptions => ({
  ...(cap === undefined ? {} : { cap: checked(cap, 'cap') }),
  ...(cap_per_assignee === undefined ? {} : { cap_per_assignee: checked(cap_per_assignee, 'cap_per_assignee') }),
});
