import { beforeEach, describe, expect, it } from '@jest/globals';
import { instantOf } from '../../src/domain/instant.ts';
import type { Liveness, ProcessIdentity } from '../../src/domain/process.ts';
import type { ProcessProbe } from '../../src/domain/processPorts.ts';
import type { Claim } from '../../src/projections/changes.ts';
import { type LiveClaims, liveClaims } from '../../src/watchdog/liveClaims.ts';
import { processWatch, type ProcessWatch } from '../../src/watchdog/processWatch.ts';
import { taskId } from '../support/taskLog.ts';

const holder = (host: string, pid = 7): ProcessIdentity => ({ host, boot_id: `boot of ${host}`, pid_namespace: 'n', pid, started_at: '1' });
const claim = (task_id: string, process: ProcessIdentity): Claim => ({
  task_id,
  run: 1,
  worker: 'ada',
  claimed_at: 0,
  lease_ms: 1,
  claim_expires: 1,
  last_heartbeat_at: null,
  process,
  started: null,
  limits: {},
  revoked: null,
  retry_at: null,
});
let claims: LiveClaims;
let watch: ProcessWatch;
let looks: string[];
let sees: Liveness;
const hold = (task_id: string, process: ProcessIdentity) => claims.apply({ kind: 'opened', task_id, claim: claim(task_id, process) });
const news = async () => {
  const found: string[] = [];
  for await (const id of watch.changed(claims.processes)) found.push(id);
  return found;
};
beforeEach(() => {
  [claims, looks, sees] = [liveClaims(), [], 'alive'];
  const look: ProcessProbe['look'] = ({ process, started }) => {
    const where = started ?? process;
    looks.push(where?.host ?? 'nowhere');
    return { process: where?.host === 'here' ? sees : 'foreign', supervisor: 'absent', other_boot: false, dead_since: null, looked_at: [] };
  };
  watch = processWatch({ probe: { host: null, self: () => null, identify: () => null, look }, now: () => instantOf(0), turn: () => Promise.resolve() });
});

describe('a walk over the processes', () => {
  it('names a task when its process dies and when it is seen again, once each', async () => {
    hold(taskId(1), holder('here'));
    expect(await news()).toEqual([]);
    sees = 'dead';
    expect([await news(), await news()]).toEqual([[taskId(1)], []]);
    sees = 'alive';
    expect([await news(), await news()]).toEqual([[taskId(1)], []]);
  });
  it('looks once at what is on another host, and again when another process is recorded', async () => {
    hold(taskId(1), holder('afar'));
    expect([await news(), await news(), looks]).toEqual([[], [], ['afar']]);
    const { host, boot_id, pid_namespace } = holder('here');
    sees = 'dead';
    const started = { host, boot_id, pid_namespace, supervisor: { pid: 7, started_at: '1' }, child: { pid: 8, started_at: '2', pgid: 8 } };
    claims.apply({ kind: 'moved', task_id: taskId(1), run: 1, move: { started } });
    expect([await news(), looks]).toEqual([[taskId(1)], ['afar', 'here']]);
  });
  it('looks at the process of a run that took the place of one afar', async () => {
    hold(taskId(1), holder('afar'));
    await news();
    claims.apply({ kind: 'closed', task_id: taskId(1) });
    hold(taskId(2), holder('here'));
    await news();
    expect(looks).toEqual(['afar', 'here']);
  });
  it('leaves out what ends while it goes on, and takes in what comes', async () => {
    for (let n = 0; n < 3; n += 1) hold(taskId(n), holder('here', n + 1));
    sees = 'dead';
    const found: string[] = [];
    for await (const id of watch.changed(claims.processes)) {
      found.push(id);
      if (found.length > 1) continue;
      claims.apply({ kind: 'closed', task_id: taskId(1) });
      hold(taskId(3), holder('here', 9));
      hold(taskId(4), holder('here', 10));
    }
    expect(found).toEqual([taskId(0), taskId(3), taskId(2), taskId(4)]);
  });
});
