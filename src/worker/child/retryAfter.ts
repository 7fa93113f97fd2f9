import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DURATION_FORMS, durationText, parseDuration } from '../../domain/duration.ts';
import { POLICY } from '../../domain/limits.ts';
import { messageOf, systemCode } from './systemError.ts';

/** What a child that ended with exit 75 left in the file of HOLDFAST_RETRY_AFTER_FILE: how long to wait, or why that is none. */
export type RetryAfter = { readonly retry_after_ms: number | null; readonly problem: string | null };

/** More than any duration needs. */
const MOST_BYTES = 64;
const { min, max } = POLICY.rate_limit_cooldown_ms;
const ALLOWED = `${DURATION_FORMS}, from ${durationText(min)} to ${durationText(max)}`;

/** Never rejects: a file that is not there says nothing; one that cannot be read or says something else is a problem to be told. */
export const retryAfterIn = async (path: string): Promise<RetryAfter> => {
  try {
    return meaningOf(await beginningOf(path));
  } catch (error) {
    return { retry_after_ms: null, problem: systemCode(error) === 'ENOENT' ? null : `its retry-after could not be read: ${messageOf(error)}` };
  }
};

const meaningOf = (text: string): RetryAfter => {
  const trimmed = text.trim();
  const ms = parseDuration(trimmed);
  if (trimmed === '') return { retry_after_ms: null, problem: null };
  if (ms === undefined || ms < min || ms > max || !Number.isInteger(ms))
    return { retry_after_ms: null, problem: `its retry-after ‘${trimmed}’ is not allowed: it takes ${ALLOWED}` };
  return { retry_after_ms: ms, problem: null };
};

/** Of a regular file only: a link or a pipe that the child left there is not followed, and nothing is waited for. */
const beginningOf = async (path: string): Promise<string> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no file');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
};
