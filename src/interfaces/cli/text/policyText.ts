import { durationText } from '../../../domain/duration.ts';
import { POLICY } from '../../../domain/limits.ts';
import type { PolicyKey } from '../../../domain/policy.ts';

/** As people type it: durations without their suffix. */
export const nameOf = (key: PolicyKey): string => key.replace(/_ms$/, '');
export const isDuration = (key: PolicyKey): boolean => key.endsWith('_ms');

/** What a limit takes, for people. */
export const rangeText = (key: PolicyKey): string => {
  const { min, max, zero } = POLICY[key];
  return `${policyText(key, min)} to ${policyText(key, max)}${zero === 'refused' ? '' : zero === 'off' ? ', or 0 for off' : ', or 0'}`;
};
export const inRange = (key: PolicyKey, value: number): boolean => {
  const { min, max, zero } = POLICY[key];
  return Number.isInteger(value) && ((value >= min && value <= max) || (value === 0 && zero !== 'refused'));
};

/** A value of one policy for people. */
export const policyText = (key: PolicyKey, value: number): string => {
  if (value === 0 && POLICY[key].zero === 'off') return 'off';
  return isDuration(key) ? durationText(value) : String(value);
};
