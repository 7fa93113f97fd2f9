import { describe, expect, it } from '@jest/globals';
import { explain } from '../../src/audit/explain.ts';
import { explainText } from '../../src/audit/explainText.ts';
import { packModules } from './packModules.ts';

const GOLDEN = `t_7K3M9QX2VD "Pack modules"  done by run 3   2 of 3 runs taken away   2026-11-21 UTC

RUN 1  ada  RECLAIMED  crashed                           failure counted: yes (1 of 2, limit from board)
  rule      process dead → reclaim at once
  process   build-3 pid 41207: gone; its supervisor 41199: gone; no stop needed
  beat      rev 3, worker, "4/9 files", 8.4s old; lease 15m (board) was good until 09:20:02.118
  judged    09:05:10.531 at revision 3; watchdog wd_1 0.1.0, view 0 events behind
  after     rev 5 run 2 claimed +0.889 s; late commands from run 1: none
  prevented by  nothing in the policy: the process was gone

RUN 2  bob  RECLAIMED  heartbeat_stale                   failure counted: no
  rule      lease over, process alive, beat older than heartbeat_max_stale 1h (default)
  deadline  beat 09:41:30.500 + 1h = 10:41:30.500; lease until 10:41:30.500 (capped); judged 10:41:30.512 (+12 ms)
  beat      rev 7, worker, "7/9 files", 1h 0.012s old; judged at revision 12
  extended  5× because its supervisor saw it alive: rev 8–12 (09:51:30.507 … 10:31:30.533)
  process   build-3 pid 41388 alive, same start time
  stop      SIGTERM 10:41:30.520, SIGKILL 10:41:35.521, gone 10:41:35.530
  after     rev 15 run 3 claimed 10:41:36.020; late commands from run 2: none
  prevented by  one beat after 09:41:30.500, or a longer heartbeat_max_stale`;

describe('explain', () => {
  it('says why each run was taken away, as the contract shows it', () => {
    const explanation = explain(packModules);
    expect(explanation && explainText(explanation)).toBe(GOLDEN);
  });

  it('explains nothing of a task that does not exist', () => {
    expect(explain([])).toBeUndefined();
  });
});
