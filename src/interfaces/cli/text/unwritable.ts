import { messageOf, systemCode } from '../../../worker/child/systemError.ts';

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left',
  EDQUOT: 'no quota left',
  EIO: 'the device reports an error',
};

/** What a person is told when what we print cannot be written. */
export const unwritable = (stream: string, error: unknown): string => `cannot write to ${stream}: ${CAUSES[systemCode(error) ?? ''] ?? messageOf(error)}`;
