import type { Stop } from './evidence.ts';
import type { Host, Probe, ProcessIdentity, Started } from './process.ts';

/** Looks at the processes of runs on this host. Never throws: what cannot be seen is unknown or foreign. */
export interface ProcessProbe {
  /** This machine, boot and pid namespace; null where there is no way to tell (not Linux). */
  readonly host: Host | null;
  /** This process, for claims and supervisors. */
  self(): ProcessIdentity | null;
  identify(pid: number): ProcessIdentity | null;
  /** The facts of rule 4 for one run. `dead_since` is the caller's to fill in. */
  look(run: { readonly process: ProcessIdentity | null; readonly started: Started | null }): Probe;
}

/** Stops the group of a child: SIGTERM, `grace_ms`, SIGKILL, until gone or given up. Several stops run side by side. */
export interface ProcessStop {
  stop(
    child: Started,
    options: { readonly grace_ms: number; readonly signal?: AbortSignal },
  ): Promise<{ readonly stop: Stop; readonly survivors: readonly number[] }>;
}
