import { destination, pino, stdSerializers } from 'pino';
import type { Logger } from 'pino';
import type { LogLevel } from './logLevels.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** JSON lines on stderr, written at once: a process that is killed has said what it knew. */
export const jsonLog = ({ level, name }: { readonly level: LogLevel; readonly name: string }): Log & Pick<Logger, 'debug'> =>
  pino(
    { level, serializers: { err: errorFacts }, base: { name, pid: process.pid }, timestamp: () => `,"at":"${new Date().toISOString()}"` },
    destination({ dest: 2, sync: true }),
  );

/** An error that says how to mend it is no defect, so its stack would help nobody and is left out. */
export const errorFacts = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  return 'mend' in error ? { type: error.name, message: error.message, mend: error.mend } : stdSerializers.err(error);
};
