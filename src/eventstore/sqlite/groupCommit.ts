import type { Appended } from '../port.ts';
import type { PreparedAppend } from './appender.ts';

/** What one transaction is made of; the queue decides when and with whom. */
export type Transaction = {
  /** Rejects when the write lock cannot be had in time. */
  readonly begin: () => Promise<void>;
  /** Undefined, and nothing written: not where the caller expects the stream. */
  readonly append: (append: PreparedAppend) => Appended | undefined;
  /** `last`: position of the last event that was written; undefined: none was. */
  readonly commit: (last: bigint | undefined) => void;
  readonly rollback: () => void;
  /** After the commit: the answer of a repeated append, or throws WrongExpectedRevision. */
  readonly repeated: (append: PreparedAppend) => Appended;
};

type GroupCommit = {
  readonly append: (append: PreparedAppend) => Promise<Appended>;
  /** Resolves when nothing is queued. */
  readonly idle: () => Promise<void>;
};

/** Measured: more in one transaction gains nothing and delays every caller. */
const MAX_APPENDS = 512;
const MAX_CHARACTERS = 8 * 1024 * 1024;

type Queued = { readonly append: PreparedAppend; readonly resolve: (appended: Appended) => void; readonly reject: (error: unknown) => void };

/** All appends that are waiting share a transaction and its one flush. No timer: the commit itself is the window in which others queue. */
export const groupCommit = (transaction: Transaction): GroupCommit => {
  const queue: Queued[] = [];
  let draining: Promise<void> | undefined;

  const drain = async () => {
    await nextTurn();
    while (queue.length > 0) {
      await commit(transaction, queue.splice(0, sizeOfBatch(queue)));
      await nextTurn();
    }
    draining = undefined;
  };

  return {
    append: (append) =>
      new Promise((resolve, reject) => {
        queue.push({ append, resolve, reject });
        draining ??= drain();
      }),
    idle: async () => draining,
  };
};

const sizeOfBatch = (queue: readonly Queued[]): number => {
  let characters = 0;
  const end = queue.findIndex(({ append }, i) => {
    characters += append.events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    return i > 0 && (i >= MAX_APPENDS || characters > MAX_CHARACTERS);
  });
  return end === -1 ? queue.length : end;
};

const commit = async (transaction: Transaction, batch: readonly Queued[]): Promise<void> => {
  try {
    await transaction.begin();
  } catch (error) {
    for (const { reject } of batch) reject(error);
    return;
  }
  let answers: readonly (Appended | undefined)[];
  try {
    answers = batch.map(({ append }) => transaction.append(append));
    transaction.commit(answers.findLast((answer) => answer !== undefined)?.position);
  } catch (error) {
    transaction.rollback();
    // No append may fail because of another one: each is tried again in a transaction of its own.
    if (batch.length > 1) for (const queued of batch) await commit(transaction, [queued]);
    else batch[0]?.reject(error);
    return;
  }
  for (const [i, queued] of batch.entries()) settle(transaction, queued, answers[i]);
};

const settle = (transaction: Transaction, { append, resolve, reject }: Queued, answer: Appended | undefined): void => {
  try {
    resolve(answer ?? transaction.repeated(append));
  } catch (error) {
    reject(error);
  }
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
