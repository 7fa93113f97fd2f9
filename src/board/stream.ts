import { WrongExpectedRevision } from '../eventstore/errors.ts';
import { START } from '../eventstore/port.ts';
import type { Appended, EventStore, NewEvent, RecordedEvent } from '../eventstore/port.ts';
import type { Recent } from './recent.ts';

/** A state folded up to, not including, `next`. */
export type Folded<State> = { readonly state: State; readonly next: bigint };

type Fold<State> = (state: State, event: RecordedEvent) => State;

/**
 * What a decider says of a state: events to append (none: nothing to do, or a refusal) and the answer that holds once they are stored.
 * `after`: the state that the events lead to, if the decider folded it for its answer; it is not folded again then.
 */
export type Decided<Answer, State> = { readonly events: readonly NewEvent[]; readonly answer: Answer; readonly after?: State | undefined };

type StateStream<State> = {
  /** The newest state, or that as of a position: what is cached, brought up to date by the delta. */
  readonly load: (stream: string, asOf?: bigint) => Promise<Folded<State>>;
  /** What is cached, however old; else what the store knows without a look at where the log ends: of what others appended, some or all may be missing. */
  readonly peek: (stream: string) => Promise<Folded<State>>;
  /**
   * Load → decide → append, deciding again on the newer state whenever somebody else appended first. Decides on the cached state at once:
   * a stale one is found out by the append, and a decision without events is only believed of a state read in this call.
   * `lookUp` runs before each decision on a fresh state; what it finds is the answer (an earlier run of the same command).
   */
  readonly transact: <Answer>(stream: string, decide: (state: State) => Decided<Answer, State>, lookUp?: () => Promise<Answer | undefined>) => Promise<Answer>;
};

/** One conflict means that somebody else made progress; this many in a row on one task means that something is wrong. */
const ATTEMPTS = 1000;

/** Reads and writes streams that fold to one kind of state. `cached`: states kept between calls. */
export const stateStream = <State>({
  store,
  initial,
  fold,
  cached,
}: {
  readonly store: EventStore;
  readonly initial: State;
  readonly fold: Fold<State>;
  readonly cached: Recent<Folded<State>>;
}): StateStream<State> => {
  const keep = (stream: string, folded: Folded<State>): Folded<State> => {
    const held = cached.get(stream);
    if (held !== undefined && held.next >= folded.next) return held;
    cached.set(stream, folded);
    return folded;
  };

  const load = async (stream: string, asOf?: bigint): Promise<Folded<State>> => {
    const from = cached.get(stream) ?? { state: initial, next: 0n };
    const delta = await store.readStream(stream, { from: from.next, ...(asOf !== undefined && { as_of: asOf }) });
    const last = delta.at(-1);
    return last === undefined ? from : keep(stream, { state: delta.reduce(fold, from.state), next: last.revision + 1n });
  };

  const folded = (stream: string, { state }: Folded<State>, events: readonly NewEvent[], { revision, position }: Appended): State => {
    const first = revision + 1n - BigInt(events.length);
    return events.map((event, index): RecordedEvent => ({ stream, revision: first + BigInt(index), position, ...event })).reduce(fold, state);
  };

  // One function: each that is awaited on the way costs a busy process as much as the decision itself.
  const transact: StateStream<State>['transact'] = async (stream, decide, lookUp) => {
    let known = lookUp === undefined ? cached.get(stream) : undefined;
    for (let attempt = 0; attempt <= ATTEMPTS; attempt += 1) {
      const from = known ?? (await load(stream));
      const earlier = lookUp === undefined ? undefined : await lookUp();
      if (earlier !== undefined) return earlier;
      const { events, answer, after } = decide(from.state);
      const isNew = known === undefined;
      known = undefined;
      if (events.length === 0 && isNew) return answer;
      if (events.length === 0) continue;
      try {
        const appended = await store.append(stream, events, from.next === 0n ? 'no_stream' : from.next - 1n);
        if (!appended.repeated) keep(stream, { state: after ?? folded(stream, from, events, appended), next: appended.revision + 1n });
        // The same ids were there already: by a command that came at the same time under the same id, with this body or another.
        if (!appended.repeated || lookUp === undefined) return answer;
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    throw new Error(`stream ${stream}: somebody else appended first ${ATTEMPTS} times in a row`);
  };

  return { load, peek: async (stream) => cached.get(stream) ?? load(stream, START), transact };
};
