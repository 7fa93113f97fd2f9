import { POLICY } from '../../../domain/limits.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from '../errors.ts';

const { min, max } = POLICY.max_running;

const capOf = ({ text }: Arguments, name: string): number | undefined => {
  const given = text(name);
  if (given === undefined) return undefined;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  const allowed = `a whole number from ${min} to ${max}`;
  if (value < min || value > max)
    throw new UsageError(`--${name} ‘${given}’ is not allowed: it takes ${allowed}`, { option: `--${name}`, value: given, allowed });
  return value;
};

/** The caps of a claim, as far as they were given. @throws UsageError with the value and the range */
export const capsOf = (args: Arguments) => {
  const [cap, cap_per_assignee] = [capOf(args, 'cap'), capOf(args, 'cap-per-assignee')];
  return { ...(cap === undefined ? {} : { cap }), ...(cap_per_assignee === undefined ? {} : { cap_per_assignee }) };
};
