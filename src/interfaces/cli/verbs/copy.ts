import { filesOf, openStore } from '../../../stores.ts';
import { type CopyAnswer, copyStreams } from '../../../eventstore/copyStreams.ts';
import type { CopyProgress } from '../../../eventstore/copying.ts';
import { digest } from '../../../platform/ids.ts';
import { shownAddress } from '../../../platform/shownAddress.ts';
import { PREFIXES } from '../../../projections/logBatches.ts';
import { storeAddress } from '../../settings.ts';
import type { Call, Handler } from '../call.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exits.ts';
import type { Io } from '../io.ts';
import { NoBoard } from '../open.ts';
import { done, failed } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { progressBar } from '../text/progressBar.ts';
import { makeStoreFolder } from '../storeFolder.ts';

type Stores = { readonly from: string; readonly to: string };

/** Exit 0 copied and verified, 4 the target holds other events, 7 a store cannot be read or the copy is wrong, 75 stopped by a signal: run it again. */
export const copy: Handler = async (call) => {
  const { io } = call;
  const stores = storesOf(call);
  const signal = io.stopped();
  const started = io.clock.monotonic();
  const from = await openStore({ store: stores.from, clock: io.clock });
  try {
    makeStoreFolder(stores.to);
    const to = await openStore({ store: stores.to, create: true, clock: io.clock });
    const bars = progress(io);
    try {
      const answer = await copyStreams({ from, to, prefixes: PREFIXES, digest, at_once: atOnce(stores.to), signal, onProgress: bars.at });
      return outcomeOf({ from: shownAddress(stores.from), to: shownAddress(stores.to) }, answer, Math.round(io.clock.monotonic() - started));
    } finally {
      bars.end();
      await to.close();
    }
  } finally {
    await from.close();
  }
};

/** The embedded store commits in the order of the calls, and many in one flush; of a server no such order is promised. */
const atOnce = (to: string): number => (filesOf(to) === null ? 1 : 512);

const storesOf = ({ args, io, settings }: Call): Stores => {
  const [given, target] = [args.text('from'), args.text('to')];
  if (target === undefined) throw new UsageError('copy needs --to STORE. See: holdfast help copy', { option: '--to' });
  if (given === undefined && settings.store === null) throw new NoBoard(settings.location.home);
  const from = given === undefined ? (settings.store?.value ?? '') : checked('--from', given, io);
  const to = checked('--to', target, io);
  if (from === to || (filesOf(from) !== null && filesOf(from)?.log === filesOf(to)?.log))
    throw new UsageError(`--from and --to are the same store, ${shownAddress(to)}`, { option: '--to', value: shownAddress(to) });
  return { from, to };
};

const checked = (option: string, value: string, { cwd }: Io): string => {
  if (value.trim() === '' || value === 'memory:') {
    throw new UsageError(`${option} ‘${value}’ is not allowed: a path or esdb://…; what is in memory ends with this command`, { option, value });
  }
  return storeAddress(value, cwd);
};

const LABELS: Readonly<Record<CopyProgress['phase'], string>> = { compare: 'read source', copy: 'copy', verify: 'verify' };

/** One bar after the other. */
const progress = (io: Io): { readonly at: (progress: CopyProgress) => void; readonly end: () => void } => {
  let current: { readonly phase: string; readonly bar: ReturnType<typeof progressBar> } | undefined;
  return {
    at: ({ phase, done: sofar, total }) => {
      if (current?.phase !== phase) {
        current?.bar.end();
        current = { phase, bar: progressBar(io, LABELS[phase]) };
      }
      current.bar.at(sofar, total);
    },
    end: () => current?.bar.end(),
  };
};

const outcomeOf = (stores: Stores, answer: CopyAnswer, took_ms: number): Outcome => {
  if (!answer.ok) return refusalOf(stores, answer);
  const { complete, streams, events, copied, only_in_target, digest: sum } = answer;
  const data = { ...stores, complete, streams, events, copied, already: events - copied, only_in_target, digest: sum, took_ms };
  if (!complete) return done(data, `stopped after ${count(copied, 'event')}; run it again to go on`, EXIT.later);
  const already = events === copied ? '' : ` (${events - copied} were there already)`;
  return done(
    data,
    `copied ${count(copied, 'event')}${already} to ${stores.to}\nverified: ${count(events, 'event')} in ${count(streams, 'stream')}, digest ${sum}${leftAlone(only_in_target)}`,
  );
};

/** Such as a task that was made on the target: it is no copy then. */
const leftAlone = (streams: number): string =>
  streams === 0 ? '' : `\nleft alone: ${count(streams, 'stream')} that only the target has, such as a task made there; they are no part of this copy`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

const CODES = { target_differs: 'TargetDiffers', source_incomplete: 'SourceIncomplete', verify_failed: 'VerifyFailed' } as const;
const SAYS = {
  target_differs: 'holds other events of the same streams; nothing is overwritten: name an empty store',
  source_incomplete: 'is not whole: it cannot be copied with its revisions',
  verify_failed: 'is not what was copied: empty it and copy again',
} as const;

const refusalOf = (stores: Stores, { code, faults, more }: Extract<CopyAnswer, { ok: false }>): Outcome => {
  const named = faults.map(({ stream, why }) => `\n  ${stream}: ${why}`).join('');
  const rest = more === 0 ? '' : `\n  and ${more} more`;
  return failed(CODES[code], `${code === 'source_incomplete' ? stores.from : stores.to} ${SAYS[code]}${named}${rest}`, { ...stores, faults, more });
};
