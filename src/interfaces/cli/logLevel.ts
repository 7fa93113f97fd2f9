import { LOG_LEVELS, type LogLevel } from '../../platform/logLevels.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** HOLDFAST_LOG; undefined when it is not set. @throws UsageError for a level that is none: it is reported, never ignored */
export const logLevel = ({ env }: Pick<Io, 'env'>): LogLevel | undefined => {
  const given = env['HOLDFAST_LOG'] ?? '';
  const level = LOG_LEVELS.find((known) => known === given);
  if (given === '' || level !== undefined) return level;
  const allowed = LOG_LEVELS.join(', ');
  throw new UsageError(`HOLDFAST_LOG ‘${given}’ is not allowed: ${allowed}`, { variable: 'HOLDFAST_LOG', value: given, allowed });
};
