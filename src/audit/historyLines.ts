import type { StoredTaskEvent } from '../board/board.ts';
import { detailOf } from './detail.ts';
import { dayOf, timeOn } from './times.ts';

/** Consecutive beats of one run, or extensions, may stand in one line. */
type HistoryLine = { readonly events: readonly StoredTaskEvent[]; readonly detail: string };

const GROUPED: readonly StoredTaskEvent['type'][] = ['HeartbeatRecorded', 'ClaimExtended'];

const runOf = ({ data }: StoredTaskEvent): number | null => ('run' in data ? data.run : null);

const belongs = (before: StoredTaskEvent | undefined, event: StoredTaskEvent): boolean =>
  before !== undefined && GROUPED.includes(event.type) && before.type === event.type && runOf(before) === runOf(event);

/** `all`: each event by itself. The text of a group is that of its newest event. */
export const historyLines = (history: readonly StoredTaskEvent[], { all = false }: { readonly all?: boolean } = {}): readonly HistoryLine[] => {
  const groups = history.reduce<StoredTaskEvent[][]>((sofar, event) => {
    const last = sofar.at(-1);
    if (!all && last !== undefined && belongs(last.at(-1), event)) last.push(event);
    else sofar.push([event]);
    return sofar;
  }, []);
  return groups.flatMap((events) => {
    const newest = events.at(-1);
    return newest === undefined ? [] : [{ events, detail: detailOf(newest, history) }];
  });
};

const LEAST = { revision: 3, time: 12, actor: 14, event: 17 } as const;
const HINT = '   (--all shows each)';

/** As contract §3 shows it. */
export const historyText = (lines: readonly HistoryLine[]): string => {
  const rows = lines.flatMap((each) => rowOf(each, lines[0]?.events[0]?.data.at ?? ''));
  const most = (column: (row: Row) => number, least: number): number => Math.max(least, ...rows.map(column));
  const revision = most(({ rev, single }) => rev.length - (single ? 0 : 1), LEAST.revision);
  const time = most(({ at }) => at.length, LEAST.time);
  const actor = most((row) => row.actor.length, LEAST.actor);
  const event = most((row) => row.event.length, LEAST.event);
  const run = most((row) => row.run.length, 1);
  const head = `${'rev'.padEnd(revision)}  ${'at'.padEnd(time)}  ${'actor'.padEnd(actor)}  ${'event'.padEnd(event)}  run`;
  const text = rows.map((row) => {
    const rev = row.single ? `${row.rev.padStart(revision)}  ` : `${row.rev.padStart(revision + 1)} `;
    return `${rev}${row.at.padEnd(time)}  ${row.actor.padEnd(actor)}  ${row.event.padEnd(event)}  ${row.run.padStart(run)}  ${row.detail}`.trimEnd();
  });
  return [head, ...text].join('\n');
};

type Row = {
  readonly rev: string;
  readonly single: boolean;
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly run: string;
  readonly detail: string;
};

const rowOf = ({ events, detail }: HistoryLine, start: string): readonly Row[] => {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return [];
  const single = events.length === 1;
  const { kind, id } = first.metadata.actor;
  return [
    {
      rev: single ? String(first.revision) : `${first.revision}–${last.revision}`,
      single,
      at: timeOn(dayOf(start), first.data.at),
      actor: `${kind}:${id}`,
      event: single ? first.type : `${first.type} ×${events.length}`,
      run: String(runOf(first) ?? ''),
      detail: single ? detail : `${detail}${HINT}`,
    },
  ];
};
