import { jsonLog, LOG_LEVELS } from '../../platform/log.ts';
import type { Log } from '../../platform/log.ts';
import type { Call } from './call.ts';
import { UsageError } from './errors.ts';

/** The log of a verb that runs on: JSON lines on stderr. HOLDFAST_LOG names the least level; default info, on a terminal warn. */
export const logOf = ({ io, verb }: Pick<Call, 'io' | 'verb'>): Log => {
  const given = io.env['HOLDFAST_LOG'] ?? '';
  const level = LOG_LEVELS.find((known) => known === given);
  if (given !== '' && level === undefined) {
    const allowed = LOG_LEVELS.join(', ');
    throw new UsageError(`HOLDFAST_LOG ‘${given}’ is not allowed: ${allowed}`, { variable: 'HOLDFAST_LOG', value: given, allowed });
  }
  return jsonLog({ level: level ?? (io.errTerminal ? 'warn' : 'info'), name: `holdfast ${verb}` });
};
