import type { Started } from '../../domain/process.ts';
import { aborted, within } from '../aborted.ts';
import type { Ending } from './booking.ts';
import { keepExtended } from './extension.ts';
import { spawnGated, type Exit, type GatedChild, type Spawned } from './gatedChild.ts';
import type { HeldRun } from './heldRun.ts';
import { outputBeats } from './outputBeats.ts';
import { outputTail } from './outputTail.ts';
import { limitRuntime } from './runtimeLimit.ts';
import { lookAt, stopChild, type OwnChild, type Stopped } from './stopChild.ts';
import type { SupervisedRun, Supervision } from './supervision.ts';
import { untilStored } from '../untilStored.ts';

const KEPT_BYTES = 2048;
/** How long output may still come after the end of the whole group (ms): only a daemon in a session of its own holds it open. */
const OUTPUT_WAIT_MS = 1000;

type ChildRun = {
  readonly spec: Omit<Spawned, 'onOutput'>;
  readonly run: SupervisedRun;
  readonly deps: Supervision;
  readonly held: HeldRun;
  readonly grace_ms: number;
};

/** Runs the child from the gate to the end of its whole group; tells how it ended and what it said last. */
export const runChild = async (given: ChildRun): Promise<Omit<Ending, 'on_zero' | 'retry_after'>> => {
  const { spec, run, deps, held, grace_ms } = given;
  const [all, out] = [outputTail(KEPT_BYTES), outputTail(KEPT_BYTES)];
  const active = outputBeats(run, deps, held);
  const onOutput: Spawned['onOutput'] = (chunk, stream) => {
    all.add(chunk);
    if (stream === 'stdout') out.add(chunk);
    deps.output?.(chunk, stream);
    active();
  };
  const child = spawnGated({ ...spec, onOutput });
  const own = { pid: child.pid, started: startedOf(child, deps) };
  const refusal = await admitted(child, own.started, given);
  if (refusal === undefined) child.open();
  else child.dismiss();
  const ended = new AbortController();
  const extending = keepExtended({ lease_ms: run.lease_ms, expires: held.expires, extend: () => extend(own, given), clock: deps.clock, signal: ended.signal });
  const limiting = limitRuntime(own, run, deps, ended.signal);
  // A child that ended by itself is booked as that, even when we were about to stop it.
  const cause = await Promise.race([child.exit.then(() => undefined), aborted(held.halt).then(held.cause)]);
  const stopped = await stopChild(own, deps, grace_ms);
  const exit = refusal === undefined ? await exitOf(child, stopped) : { code: null, signal: null, spawn_error: refusal };
  ended.abort();
  await Promise.all([extending, limiting]);
  await drained(child, deps);
  return { cause, exit, own, stopped, summary: out.lastLine() ?? all.lastLine(), last_output: all.text() || null };
};

const startedOf = (child: GatedChild, { probe }: Supervision): Started | null => {
  const self = probe.self();
  const it = child.pid === undefined ? null : probe.identify(child.pid);
  if (self === null || it === null) return null;
  const { pid, started_at, ...host } = it;
  return { ...host, supervisor: { pid: self.pid, started_at: self.started_at }, child: { pid, started_at, pgid: pid } };
};

/** Puts the child on record, so that the gate may open; otherwise why it may not. Where processes cannot be told apart there is nothing to record. */
const admitted = async (child: GatedChild, started: Started | null, { run, deps, held }: ChildRun): Promise<string | undefined> => {
  const stopped = 'stopped before it began';
  if (held.halt.aborted || held.over()) return stopped;
  if (started === null) return undefined;
  const { task_id, run: number, worker } = run;
  const record = () => deps.board.execute({ type: 'RecordWorkerStarted', task_id, run: number, worker, ...started });
  const recorded = untilStored(record, deps.clock, held.halt).catch((error: unknown) => {
    child.dismiss();
    if (held.halt.aborted) return undefined;
    throw error;
  });
  const answer = await Promise.race([recorded, aborted(held.halt).then(() => undefined)]);
  if (answer === undefined || held.halt.aborted) return stopped;
  return answer.ok ? undefined : `not started: ${answer.message}`;
};

/** Not a heartbeat: only that the child lives. Refused when no beat came for too long; then the lease runs out. */
const extend = async (own: OwnChild, { run: { task_id, run, worker }, deps, held }: ChildRun): Promise<void> => {
  if (held.over()) return;
  const judge = { kind: 'supervisor' as const, id: worker, version: deps.version };
  const answer = await deps.board.execute({ type: 'ExtendClaim', task_id, run, worker, probe: lookAt(own, deps), judge });
  if (answer.ok) held.extendedTo(answer.claim_expires);
  else if (answer.code === 'StaleRun') await deps.watch.check(task_id);
};

/** A child that outlived SIGKILL has no exit to wait for. */
const exitOf = (child: GatedChild, { stop }: Stopped): Promise<Exit> =>
  stop.confirmed ? child.exit : Promise.race([child.exit, Promise.resolve({ code: null, signal: null, spawn_error: null })]);

const drained = async ({ closed, abandon }: GatedChild, { clock }: Supervision): Promise<void> => {
  await within(closed, OUTPUT_WAIT_MS, clock);
  abandon();
};
