import { taskIdOfStream } from '../domain/ids.ts';
import { decodeTaskEvent } from '../domain/task/codec.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Projection } from './projection.ts';

/** One parent of one task. `linked` false: it was one. `waived`: a person decided not to wait for it. */
export type LinkRow = {
  readonly child: string;
  readonly parent: string;
  readonly linked: boolean;
  readonly waived: boolean;
  /** Of the event that linked them last. */
  readonly position: string;
};

const keyOf = (child: string, parent: string): string => `${child}/${parent}`;
const parentOf = (key: string): string => key.slice(key.indexOf('/') + 1);

const parentsIn = ({ type, data }: RecordedEvent): unknown => {
  if (type === 'TaskCreated' || type === 'TaskLinked' || type === 'TaskUnlinked') return data['parents'];
  return type === 'TaskPromoted' ? data['waived'] : undefined;
};

const apply = (row: LinkRow | undefined, event: RecordedEvent, key: string): LinkRow | undefined => {
  const told = decodeTaskEvent(event);
  if ('unreadable' in told) return row;
  const [child, parent, position] = [taskIdOfStream(event.stream), parentOf(key), String(event.position)];
  if (told.type === 'TaskCreated' || told.type === 'TaskLinked') return { child, parent, linked: true, waived: false, position };
  if (row === undefined) return undefined;
  return told.type === 'TaskUnlinked' ? { ...row, linked: false, waived: false } : { ...row, waived: true };
};

/** One row per parent of every task, found from either end: what finishing a task costs follows from its own children alone. */
export const links: Projection<LinkRow> = {
  name: 'links',
  fold: 1,
  prefix: 'task-',
  columns: { child: 'TEXT', parent: 'TEXT', gates: 'INTEGER' },
  indexes: ['(parent, child) WHERE parent IS NOT NULL', '(child, parent) WHERE child IS NOT NULL'],
  keyOf: (event) => {
    const parents = parentsIn(event);
    return Array.isArray(parents) && parents.length > 0 ? parents.map((parent) => keyOf(taskIdOfStream(event.stream), String(parent))) : undefined;
  },
  apply,
  indexed: ({ child, parent, linked, waived }) => (linked ? [child, parent, waived ? 0 : 1] : [null, null, 0]),
};
