import type { Appended, Expected, Log, Proposed } from './log.ts';

/** What befalls an append. `…_lost`: it is stored, and nobody hears of it. `slow`: it is stored, and answered, after `ms`; `held`: after `until`. */
export type Fault =
  | {
      readonly kind:
        'answer_lost' | 'connection_lost' | 'connection_lost_before' | 'busy' | 'not_ready' | 'not_leader' | 'timeout' | 'access_denied' | 'false_conflict';
    }
  | { readonly kind: 'late' | 'slow'; readonly ms: number }
  | { readonly kind: 'held'; readonly until: Promise<void> };

export type Outcome = Appended | { readonly kind: 'timeout' | 'busy' | 'not_ready' | 'not_leader' | 'access_denied' | 'silence' };

export type Commit = (stream: string, events: readonly Proposed[], expected: Expected) => Promise<Outcome>;

/** Commits to the log, with the faults asked for. Copies of an append in flight get no answer but a timeout (§1.4). */
export const commits = ({
  log,
  nextFault,
  cut,
  writeTimeoutMs,
}: {
  readonly log: Log;
  readonly nextFault: (stream: string) => Fault | undefined;
  readonly cut: () => void;
  readonly writeTimeoutMs: number;
}): Commit => {
  const flying = new Set<string>();
  return async (stream, events, expected) => {
    const name = `${stream}/${events[0]?.id}`;
    if (flying.has(name)) {
      await passed(writeTimeoutMs);
      return { kind: 'timeout' };
    }
    const fault = nextFault(stream);
    if (fault === undefined) return log.append(stream, events, expected);
    flying.add(name);
    try {
      return await struck(fault, () => log.append(stream, events, expected), cut);
    } finally {
      flying.delete(name);
    }
  };
};

/** A fault that lasts until it is let go. */
export const holding = (): { readonly fault: Fault; readonly release: () => void } => {
  const letGo = new AbortController();
  const until = new Promise<void>((resolve) => letGo.signal.addEventListener('abort', () => resolve()));
  return { fault: { kind: 'held', until }, release: () => letGo.abort() };
};

const struck = async (fault: Fault, append: () => Appended, cut: () => void): Promise<Outcome> => {
  switch (fault.kind) {
    case 'busy':
    case 'not_ready':
    case 'not_leader':
    case 'timeout':
    case 'access_denied':
      return { kind: fault.kind };
    case 'false_conflict':
      append();
      return { kind: 'wrong_expected_version', current: 'no_stream' };
    case 'answer_lost':
      append();
      return { kind: 'silence' };
    case 'connection_lost':
      append();
      cut();
      return { kind: 'silence' };
    case 'connection_lost_before':
      cut();
      return { kind: 'silence' };
    case 'late': {
      const outcome = append();
      await passed(fault.ms);
      return outcome;
    }
    case 'held':
      await fault.until;
      return append();
    case 'slow':
      await passed(fault.ms);
      return append();
  }
};

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
