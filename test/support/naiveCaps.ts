import type { RecordedEvent } from '../../src/eventstore/port.ts';

type Run = {
  readonly stream: string;
  readonly run: unknown;
  readonly name: unknown;
  readonly caps: Caps | undefined;
  readonly from: bigint;
  readonly to: bigint | undefined;
  readonly end: unknown;
};
type Caps = { readonly max_running?: { readonly value: number }; readonly max_running_per_assignee?: { readonly value: number } };
const ENDS = ['TaskReclaimed', 'ClaimReleased', 'RunFailed', 'TaskCompleted', 'TaskBlocked'];

/** Every run of a log, and from where to where it was open. */
const runsOf = (events: readonly RecordedEvent[]): readonly Run[] =>
  events.flatMap(({ stream, type, data, position }, index) => {
    if (type !== 'TaskClaimed') return [];
    const caps: Caps | undefined = typeof data['caps'] === 'object' && data['caps'] !== null ? data['caps'] : undefined;
    const end = events.slice(index).find((later) => later.stream === stream && ENDS.includes(later.type));
    return [
      { stream, run: data['run'], name: data['assignee'] ?? data['worker'], caps, from: position, to: end?.position, end: end?.data['reason'] ?? end?.type },
    ];
  });

const isOpenAt =
  (position: bigint) =>
  ({ from, to }: Run): boolean =>
    from < position && (to === undefined || to > position);

/** Rule 11 said once more, with no state: a claim looks at each claim before it that is open at its place, whether that one is admitted. */
export const naiveAdmitted = (events: readonly RecordedEvent[]): readonly Run[] => {
  const runs = runsOf(events);
  const admitted = new Set<Run>();
  for (const run of runs) {
    const open = [...admitted].filter(isOpenAt(run.from));
    const own = open.filter(({ name }) => name === run.name);
    const fits = open.length < (run.caps?.max_running?.value ?? Infinity) && own.length < (run.caps?.max_running_per_assignee?.value ?? Infinity);
    if (fits) admitted.add(run);
  }
  return [...admitted];
};

/** Runs that ended in any other way than as over a cap: what really worked, whatever the rule says. */
export const worked = (events: readonly RecordedEvent[]): readonly Run[] => runsOf(events).filter(({ end }) => end === 'TaskCompleted');

/** The most of these runs that were open at one place of the log. */
export const mostOpen = (runs: readonly Run[]): number => Math.max(0, ...runs.map(({ from }) => 1 + runs.filter(isOpenAt(from)).length));
