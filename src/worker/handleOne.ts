import type { Claimed } from '../domain/task/answers.ts';
import { MOST_CHARACTERS } from '../domain/task/fields.ts';
import { Shutdown } from './abortReasons.ts';
import { keepBeating } from './beats.ts';
import type { OpenClaim } from './claimHandle.ts';
import { openClaim } from './openClaim.ts';
import { outcomeIn } from './outcome.ts';
import { Refused } from './refused.ts';
import { InvalidValue } from './schema.ts';
import { untilStored } from './untilStored.ts';
import type { WorkParts } from './workOptions.ts';

type One = Pick<WorkParts<unknown, unknown>, 'board' | 'watch' | 'clock' | 'options' | 'handler'> & {
  readonly claimed: Claimed;
  readonly opened: (claim: OpenClaim) => void;
};

type Ended = { readonly returned: unknown } | { readonly thrown: unknown };

/** Sees one claim through the handler to its end. Resolves when the handler has ended, however long that takes. */
export const handleOne = async (one: One): Promise<void> => {
  const { board, claimed, watch, clock, options, opened } = one;
  const schemas = { input: options.input, checkpoint: options.checkpoint };
  const claim = await openClaim({ board, claimed, watch, clock, schemas }).catch((error: unknown) => {
    if (error instanceof InvalidValue) return failUnopened(one, error);
    throw error;
  });
  if (claim === undefined) return;
  opened(claim);
  await throughHandler(one, claim);
};

/** The task's input is not what the handler was written for; nobody will beat for this run. */
const failUnopened = async ({ board, clock, claimed: { task_id, run, worker } }: One, { message }: InvalidValue): Promise<undefined> => {
  await untilStored(() => board.execute({ type: 'FailRun', task_id, run, worker, error: cut(message) }), clock);
};

const throughHandler = async ({ handler, clock }: One, claim: OpenClaim): Promise<void> => {
  const over = new AbortController();
  // Beats go on after Shutdown, while the claim is still ours; after StaleRun and Cancelled they would only be refused.
  const taken = (): void => (claim.handle.signal.reason instanceof Shutdown ? undefined : over.abort());
  claim.handle.signal.addEventListener('abort', taken, { once: true });
  if (claim.handle.signal.aborted) taken();
  const beating = keepBeating(claim, clock, over.signal);
  const ended = await outcomeOf(() => handler(claim.handle));
  over.abort();
  await beating;
  try {
    if (!claim.settled()) await settle(claim, ended);
  } catch (error) {
    if (!(error instanceof Refused)) throw error; // fenced: what was sent is kept in the task's stream
  } finally {
    claim.close();
  }
};

const outcomeOf = async (run: () => Promise<unknown>): Promise<Ended> => {
  try {
    return { returned: await run() };
  } catch (thrown) {
    return { thrown };
  }
};

/** After an abort a throw is never a failure; a return is sent all the same, and refused when the run is no longer ours. */
const settle = async ({ handle, giveBack }: OpenClaim, ended: Ended): Promise<unknown> => {
  if ('returned' in ended) return complete(handle, ended.returned);
  if (handle.signal.reason instanceof Shutdown) return giveBack();
  if (handle.signal.aborted) return undefined;
  return handle.fail(cut(textOf(ended.thrown)));
};

const complete = async (handle: OpenClaim['handle'], returned: unknown): Promise<unknown> => {
  try {
    return await handle.complete(outcomeIn(returned));
  } catch (error) {
    if (error instanceof InvalidValue) return handle.fail(cut(error.message)); // such as a key that is none, or a result of more than 64 KiB
    if (error instanceof Refused && error.answer.code === 'InvalidInput') return handle.fail(cut(error.message));
    throw error;
  }
};

/** The end of what went wrong says most. */
const cut = (text: string): string => text.slice(-MOST_CHARACTERS);

const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
