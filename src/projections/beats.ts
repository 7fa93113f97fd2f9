import { latest } from '../domain/instant.ts';
import { sortedJson } from '../domain/json.ts';
import type { DataOf } from '../domain/task/events.ts';
import { digest } from '../platform/ids.ts';
import type { OpenRunRow, TaskRow } from './taskRow.ts';

type Beat = DataOf<'HeartbeatRecorded'>;

const NOTHING = {};

/** A beat that only repeats what was said before is no progress. */
const progressed = ({ at, percent, checkpoint }: Beat, open: OpenRunRow): Partial<OpenRunRow> => {
  const checkpoint_digest = checkpoint === undefined ? open.checkpoint_digest : digest(sortedJson(checkpoint));
  const moved = (percent !== undefined && percent !== open.percent) || checkpoint_digest !== open.checkpoint_digest;
  return moved ? { progress_at: open.progress_at === null ? at : latest(open.progress_at, at), checkpoint_digest } : NOTHING;
};

/** What a beat changes of its task's row. */
export const beaten = (beat: Beat, { open_run, last_heartbeat_at: before, lease_ms }: TaskRow): Partial<TaskRow> => {
  if (open_run === null) return NOTHING;
  const { at, claim_expires, note, percent, checkpoint } = beat;
  const last_heartbeat_at = before === null ? at : latest(before, at);
  const moved = { last_heartbeat_at, claim_expires, lease_ms: beat.lease_ms ?? lease_ms };
  if (note === undefined && percent === undefined && checkpoint === undefined) return moved;
  return { ...moved, open_run: { ...open_run, note: note ?? open_run.note, percent: percent ?? open_run.percent, ...progressed(beat, open_run) } };
};
