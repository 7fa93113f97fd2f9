import type { ExpectedRevision } from './port.ts';

/** Somebody else appended first; nothing was written. Re-read and decide again. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly actual: ExpectedRevision;
  constructor(stream: string, expected: ExpectedRevision, actual: ExpectedRevision) {
    super(`stream ${stream}: expected revision ${expected}, found ${actual}`);
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** The store is missing, busy past its wait, full, or cannot be reached; `mend` says what to do. Nothing is known to be written. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly mend: string;
  /** A server did not answer, which may mend by itself: whoever runs on waits for it. */
  readonly passing?: true;
  /** The server is there and does not let this user: a person must act, so whoever has only begun does not wait. */
  readonly denied?: true;
  constructor(message: string, mend: string, { passing, denied, ...options }: ErrorOptions & { readonly passing?: boolean; readonly denied?: boolean } = {}) {
    super(message, options);
    this.mend = mend;
    if (passing === true) this.passing = passing;
    if (denied === true) this.denied = denied;
  }
}

/** The file or database is not a Holdfast log, is of a newer format, is damaged, or was replaced; it was left untouched. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
  readonly mend: string;
  constructor(message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.mend = mend;
  }
}

/** A stored event does not match its checksum, its chain or its JSON. */
export class CorruptEvent extends Error {
  override readonly name = 'CorruptEvent';
  readonly position: bigint;
  readonly fault: string;
  constructor(position: bigint, fault: string, options?: ErrorOptions) {
    super(`event at position ${position} is damaged: ${fault}`, options);
    this.position = position;
    this.fault = fault;
  }
}

/** The events cannot be stored as given (none, too large, not JSON, bad id); nothing was written. */
export class InvalidEvents extends Error {
  override readonly name = 'InvalidEvents';
}

/** The store was closed. */
export class StoreClosed extends Error {
  override readonly name = 'StoreClosed';
  constructor() {
    super('the event store is closed');
  }
}
