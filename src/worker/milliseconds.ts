import { DURATION_FORMS, parseDuration } from '../domain/duration.ts';
import { InvalidValue } from './schema.ts';

/** ms, or a duration such as '3m'. */
export type Duration = number | string;

/** The length in ms. @throws InvalidValue, naming the field */
export const milliseconds = (duration: Duration, field: string): number => {
  const ms = typeof duration === 'number' ? duration : parseDuration(duration);
  if (ms === undefined || !(ms >= 0)) throw new InvalidValue(`${field}: ${JSON.stringify(duration)} is not a duration; write ${DURATION_FORMS}`);
  return ms;
};
