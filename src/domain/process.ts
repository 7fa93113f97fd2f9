import { z } from 'zod';

/** Where a process lives: two processes with the same pid are the same only in the same boot and pid namespace. */
export const Host = z.object({ host: z.string(), boot_id: z.string(), pid_namespace: z.string() });
export type Host = z.output<typeof Host>;

/** `started_at`: the kernel's own start mark (Linux: clock ticks since boot, as text), so that a reused pid is told apart. */
export const Pid = z.object({ pid: z.int().min(1), started_at: z.string() });
export type Pid = z.output<typeof Pid>;

/** A process that can be found again, or be known to be gone. */
export const ProcessIdentity = z.object({ ...Host.shape, ...Pid.shape });
export type ProcessIdentity = z.output<typeof ProcessIdentity>;

/** What a supervisor started: itself and the child, which leads its own process group. */
export const Started = z.object({ ...Host.shape, supervisor: Pid, child: z.object({ ...Pid.shape, pgid: z.int().min(1) }) });
export type Started = z.output<typeof Started>;

/** `foreign`: on another host or in another pid namespace, so nothing can be seen from here. `unknown`: none recorded, or no means to look. */
export const Liveness = z.enum(['alive', 'dead', 'unknown', 'foreign']);
export type Liveness = z.output<typeof Liveness>;

/**
 * What a look at the processes of a run found (design §5.4). `process`: the child's group, before WorkerStarted the holder of the claim.
 * `supervisor`: known only from WorkerStarted, else `absent`. `other_boot`: recorded in another boot of this host.
 * `dead_since`: when this observer first saw the process dead, if it is. `looked_at`: a line for people, such as "pid 41207 of build-3: gone".
 */
export const Probe = z.object({
  process: Liveness,
  supervisor: z.enum(['alive', 'dead', 'unknown', 'foreign', 'absent']),
  other_boot: z.boolean(),
  dead_since: z.string().nullable(),
  looked_at: z.array(z.string()),
});
export type Probe = z.output<typeof Probe>;

/** Nobody looked, or there was nothing to look at. */
export const NOT_LOOKED: Probe = { process: 'unknown', supervisor: 'unknown', other_boot: false, dead_since: null, looked_at: [] };
