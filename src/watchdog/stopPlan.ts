import { instantOf, toMs, type Instant } from '../domain/instant.ts';
import type { Probe } from '../domain/process.ts';
import type { OpenRun, Revocation } from '../domain/task/state.ts';

/** `judge`: nothing can be stopped from here, so the table decides. `wait`: until then it is the supervisor's turn to stop the child. */
type StopPlan = { readonly act: 'stop' } | { readonly act: 'judge' } | { readonly act: 'wait'; readonly until: Instant };

/** What the supervisor gets beyond stop_grace to report its stop, before the watchdog does it (design §5.5). */
const REPORT_MS = 5000;

type Revoked = { readonly run: OpenRun; readonly revoked: Revocation; readonly probe: Probe; readonly stop_grace_ms: number; readonly now: number };

/** Who stops the child of a revoked run, and when: its supervisor first; this host's watchdog at once if that is dead, else after a while. */
export const stopPlan = ({ run, revoked, probe, stop_grace_ms, now }: Revoked): StopPlan => {
  const here = (probe.process === 'alive' || probe.process === 'dead') && !probe.other_boot;
  if (run.started === null || !here) return { act: 'judge' };
  const from = toMs(revoked.deferred?.retry_at ?? revoked.at);
  const patience = probe.supervisor === 'alive' || probe.supervisor === 'unknown' ? stop_grace_ms + REPORT_MS : 0;
  return now >= from + patience ? { act: 'stop' } : { act: 'wait', until: instantOf(from + patience) };
};
