import { DURATION_FORMS, durationText, parseDuration } from '../domain/duration.ts';
import { POLICY } from '../domain/limits.ts';
import { InvalidValue } from './schema.ts';

/** ms, or a duration such as '3m'. */
export type Duration = number | string;

/** The length in ms. @throws InvalidValue, naming the field */
export const milliseconds = (duration: Duration, field: string): number => {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration);
  if (ms === undefined || !(ms >= 0)) throw new InvalidValue(`${field}: ${JSON.stringify(duration)} is not a duration; write ${DURATION_FORMS}`);
  return ms;
};

/** The length of a lease in ms. @throws InvalidValue when it is none, or shorter or longer than any policy may have it */
export const leaseMs = (lease: Duration): number => {
  const ms = milliseconds(lease, 'lease');
  const { min, max } = POLICY.claim_ttl_ms;
  if (ms < min || ms > max) throw new InvalidValue(`lease: ${JSON.stringify(lease)} is out of range; from ${durationText(min)} to ${durationText(max)}`);
  return ms;
};
