import type { Host, Pid, ProcessIdentity, Started } from '../domain/process.ts';
import { column, marks, MOST_WHOLE, wholes } from './column.ts';
import { interned } from './interned.ts';

/** What can be looked at of a run. */
export type Processes = { readonly process: ProcessIdentity | null; readonly started: Started | null };

/**
 * The processes on record, by the slot of their claim: 34 bytes each, none before one is recorded. Objects are made when they are asked for.
 * What does not fit (a holder other than the supervisor, a start mark that is no number) is kept as it came.
 */
export interface ProcessColumns {
  /** Undefined: none any more. Ends `afar`. */
  set(slot: number, processes: Processes | undefined): void;
  get(slot: number): Processes | undefined;
  /** The same; undefined too for what is afar. */
  near(slot: number): Processes | undefined;
  /** Nothing can be seen of these processes from here. */
  afar(slot: number): void;
  size(): number;
}

const NONE = 0;
/** The holder of the claim, nothing started. */
const HOLDER = 1;
/** A child and its supervisor. */
const CHILD = 2;
/** A child, and a supervisor that is the holder too: `work` and `run`. */
const OWN_CHILD = 3;
const APART = 4;

const fits = ({ pid, started_at }: Pid): boolean => pid <= MOST_WHOLE && String(Number(started_at)) === started_at;
const samePlace = (a: Host, b: Host): boolean => a.host === b.host && a.boot_id === b.boot_id && a.pid_namespace === b.pid_namespace;
const samePid = (a: Pid, b: Pid): boolean => a.pid === b.pid && a.started_at === b.started_at;

const shapeOf = ({ process, started }: Processes): number => {
  if (started === null) return process !== null && fits(process) ? HOLDER : APART;
  const { supervisor, child } = started;
  if (!fits(supervisor) || !fits(child) || child.pgid > MOST_WHOLE) return APART;
  if (process === null) return CHILD;
  return samePlace(process, started) && samePid(process, supervisor) ? OWN_CHILD : APART;
};

const hostOf = ({ host, boot_id, pid_namespace }: Host): Host => ({ host, boot_id, pid_namespace });

const pids = () => {
  const [pid, since] = [wholes(), column()];
  return {
    set: (slot: number, { pid: number, started_at }: Pid): void => {
      pid.set(slot, number);
      since.set(slot, Number(started_at));
    },
    get: (slot: number): Pid => ({ pid: pid.get(slot), started_at: String(since.get(slot)) }),
  };
};

export const processColumns = (): ProcessColumns => {
  const places = interned(({ host, boot_id, pid_namespace }: Host) => JSON.stringify([host, boot_id, pid_namespace]));
  const [shapes, unseen, place, group] = [marks(), marks(), wholes(), wholes()];
  // `owner`: the supervisor, or the holder where nothing was started.
  const [owner, child] = [pids(), pids()];
  const apart = new Map<number, Processes>();
  let size = 0;

  const clear = (slot: number): void => {
    const shape = shapes.get(slot);
    if (shape === NONE) return;
    if (shape === APART) apart.delete(slot);
    else places.release(place.get(slot));
    shapes.set(slot, NONE);
    size -= 1;
  };
  const pack = (slot: number, { process, started }: Processes): void => {
    const [where, who] = [started ?? process, started?.supervisor ?? process];
    if (where === null || who === null) return;
    place.set(slot, places.take(hostOf(where)));
    owner.set(slot, who);
    if (started === null) return;
    child.set(slot, started.child);
    group.set(slot, started.child.pgid);
  };
  const unpack = (slot: number, shape: number): Processes | undefined => {
    const where = places.get(place.get(slot));
    if (where === undefined) return undefined;
    // Field by field: every process of this host is asked for at each look, and a spread takes several times as long.
    const { host, boot_id, pid_namespace } = where;
    const supervisor = owner.get(slot);
    const process = { host, boot_id, pid_namespace, pid: supervisor.pid, started_at: supervisor.started_at };
    if (shape === HOLDER) return { process, started: null };
    const { pid, started_at } = child.get(slot);
    const started = { host, boot_id, pid_namespace, supervisor, child: { pid, started_at, pgid: group.get(slot) } };
    return { process: shape === CHILD ? null : process, started };
  };
  const get = (slot: number): Processes | undefined => {
    const shape = shapes.get(slot);
    if (shape === NONE) return undefined;
    return shape === APART ? apart.get(slot) : unpack(slot, shape);
  };
  return {
    set: (slot, processes) => {
      clear(slot);
      if (processes === undefined) return;
      const shape = shapeOf(processes);
      if (shape === APART) apart.set(slot, processes);
      else pack(slot, processes);
      shapes.set(slot, shape);
      unseen.set(slot, 0);
      size += 1;
    },
    get,
    near: (slot) => (unseen.get(slot) === 0 ? get(slot) : undefined),
    afar: (slot) => unseen.set(slot, 1),
    size: () => size,
  };
};
