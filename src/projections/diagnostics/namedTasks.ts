import type { DataOf } from '../../domain/task/events.ts';
import type { NamedTasks } from './troubleRow.ts';

const TASK_ID = /\bt_[0-9A-HJKMNP-TV-Z]{10}\b/g;
/** Ids kept of one completion. */
const MOST = 20;

const idsIn = (texts: readonly string[]): readonly string[] => texts.flatMap((text) => (text.includes('t_') ? (text.match(TASK_ID) ?? []) : []));

/** Every text inside a JSON value, keys too. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
  return [];
};

/** The tasks that a completion names, but for itself; null: none. */
export const namedTasks = ({ at, run, summary, result, artifacts }: DataOf<'TaskCompleted'>, own: string): NamedTasks | null => {
  const others = (ids: readonly string[], not: readonly string[]) => [...new Set(ids)].filter((id) => id !== own && !not.includes(id)).slice(0, MOST);
  const results = others(idsIn([...textsIn(result), ...artifacts]), []);
  const mentions = others(idsIn(summary === null ? [] : [summary]), results);
  return results.length === 0 && mentions.length === 0 ? null : { at, run, results, mentions };
};
