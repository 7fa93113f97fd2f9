import { convertToCommandError, ErrorType, isCommandError, StreamDeletedError, WrongExpectedVersionError } from '@eventstore/db-client';
import { InvalidEvents, StoreUnavailable, StoreUnreadable } from '../errors.ts';
import type { ExpectedRevision } from '../port.ts';

/**
 * What a failed call means. `conflict`: the server says that the stream is elsewhere. `refused`: known not to be written, and no later try
 * can go better. `unknown`: everything else; it may have been written. `poisoned`: the client itself may be stuck in this failure (facts §1.9 #5).
 */
export type Failure =
  | { readonly kind: 'conflict'; readonly actual: ExpectedRevision }
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'unknown'; readonly cause: Error; readonly poisoned: boolean };

const [INVALID_ARGUMENT, PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE, UNAUTHENTICATED] = [3, 7, 8, 14, 16];

/** Our own timer ran out: says nothing against the client. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** Raw gRPC errors become the client's own; what is no error becomes one. */
export const normalised = (thrown: unknown): Error => {
  const error = thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown });
  return 'details' in error && typeof error.details === 'string' ? convertToCommandError(error) : error;
};

const messageOf = (thrown: unknown): string => (typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown));

/** @param what the call, as a person would say it: "append to task-…" */
export const failureOf = (thrown: unknown, shown: string, what: string): Failure => {
  const error = normalised(thrown);
  if (error instanceof WrongExpectedVersionError)
    return { kind: 'conflict', actual: typeof error.actualVersion === 'bigint' ? error.actualVersion : 'no_stream' };
  const refused = refusal(error, shown, what);
  if (refused !== undefined) return { kind: 'refused', error: refused };
  return { kind: 'unknown', cause: error, poisoned: isRaw(thrown) && codeOf(thrown) !== UNAVAILABLE };
};

const isRaw = (thrown: unknown): boolean => !(thrown instanceof Silence) && !(thrown instanceof Error && isCommandError(thrown));

const refusal = (error: Error, shown: string, what: string): Error | undefined => {
  if (error instanceof StreamDeletedError)
    return new StoreUnreadable(`cannot ${what}: somebody deleted that stream for ever`, 'take another task; a tombstone cannot be lifted', { cause: error });
  switch (typeOf(error)) {
    case ErrorType.ACCESS_DENIED:
      return denied(error, shown, what);
    case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
    case ErrorType.INVALID_ARGUMENT:
      return new InvalidEvents(`${shown} refuses to ${what}: ${error.message || 'too large for this server'}`, { cause: error });
    default: {
      const code = codeOf(error);
      const invalid = code === INVALID_ARGUMENT || code === RESOURCE_EXHAUSTED || error.message.includes('BadRequest');
      return invalid ? new InvalidEvents(`${shown} refuses to ${what}: ${error.message}`, { cause: error }) : undefined;
    }
  }
};

const denied = (error: Error, shown: string, what: string): StoreUnavailable => {
  const refuse = (why: string, mend: string) => new StoreUnavailable(`cannot ${what}: ${shown} ${why}`, mend, { cause: error, denied: true });
  if (codeOf(error) === UNAUTHENTICATED)
    return refuse('does not know this user with this password', 'check both in the address, percent-encoded: % is %25, : is %3A, / is %2F, @ is %40');
  if (!shown.includes('@')) return refuse('wants a user', 'give user and password in the address: esdb://user:password@host:2113');
  const mend = what.includes('$all')
    ? 'let an administrator add the user to the readRoles of $all (docs/production.md, “User and rights”); commands that name their task work without'
    : 'let an administrator give the user the right to it; without TLS user and password are not sent';
  return refuse('does not let this user', mend);
};

/** The server knows the user, who may not do this. */
export const isForbidden = (error: unknown): boolean => error instanceof StoreUnavailable && codeOf(error.cause) === PERMISSION_DENIED;

/** A server that has just started may not know its users yet. */
export const isUnauthenticated = (error: unknown): boolean => error instanceof StoreUnavailable && codeOf(error.cause) === UNAUTHENTICATED;

const typeOf = (error: Error): unknown => (isCommandError(error) ? error.type : undefined);

export const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);
