import type { Actor } from '../../board/board.ts';
import { DURATION_FORMS, parseDuration } from '../../domain/duration.ts';
import type { Settings } from '../settings.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';

/** What the environment says of the run that this process works for; nulls outside of one (rule 9). */
type WorkerEnvironment = { readonly task_id: string | null; readonly run: number | null };

/** @throws UsageError for a malformed variable: it is reported, never ignored */
export const workerEnvironment = ({ env }: Pick<Io, 'env'>): WorkerEnvironment => {
  const task = env['HOLDFAST_TASK'] ?? '';
  const run = env['HOLDFAST_RUN'] ?? '';
  if (task !== '' && !isTaskId(task)) throw malformed('HOLDFAST_TASK', task, TASK_ID_FORM);
  if (run !== '' && !/^[1-9]\d{0,8}$/.test(run)) throw malformed('HOLDFAST_RUN', run, 'a whole number from 1');
  const lease = env['HOLDFAST_LEASE'] ?? '';
  if (lease !== '' && parseDuration(lease) === undefined) throw malformed('HOLDFAST_LEASE', lease, DURATION_FORMS);
  return { task_id: task === '' ? null : task, run: run === '' ? null : Number(run) };
};

export const TASK_ID_FORM = 'a task id, such as t_7K3M9QX2VD';
export const isTaskId = (text: string): boolean => /^t_[0-9A-HJKMNP-TV-Z]{10}$/.test(text);

/** Attribution, not authentication: an agent inside a run, else whom `--as` names, else the user; for a verb that works by itself its worker. */
export const actorOf = (io: Io, settings: Settings, agent = false): Actor => {
  if (workerEnvironment(io).run !== null) return { kind: 'agent', id: workerOf(io, settings) };
  if (settings.as === null) return agent ? { kind: 'agent', id: workerOf(io, settings) } : { kind: 'human', id: io.user() };
  const [kind = '', ...id] = settings.as.value.split(':');
  return { kind: kind === 'agent' || kind === 'system' ? kind : 'human', id: id.join(':') };
};

/** `--worker`, HOLDFAST_WORKER, else user@host, at claim and at every later verb alike. */
export const workerOf = (io: Io, settings: Settings): string => settings.worker?.value ?? `${io.user()}@${io.host()}`;

const malformed = (variable: string, value: string, allowed: string): UsageError =>
  new UsageError(`${variable} ‘${value}’ is not allowed: ${allowed}`, { variable, value, allowed });
