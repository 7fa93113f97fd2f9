import type { BoardState } from '../board/board.ts';
import type { Stop } from '../evidence.ts';
import { elapsed, plus, toMs, type Instant } from '../instant.ts';
import { countsAsFailure } from '../outcomes.ts';
import type { Judged } from './answers.ts';
import type { CommandOf } from './commands.ts';
import { accept, layersOf, type Decide, type Decision } from './decision.ts';
import { reclaim, revoke } from './endRun.ts';
import { evidenceOf, type Look } from './evidenceOf.ts';
import { judge, type Verdict } from './judge.ts';
import type { RunningTask } from './state.ts';

const MINUTE = 60_000;
const READY = { to: 'ready' } as const;

type Outcome = Pick<Judged, 'run' | 'verdict' | 'reason'>;
const nothing = (run: number, reason: string | null = null): Outcome => ({ run, verdict: 'none', reason });

/** Whether anything that Holdfast started may still live: it must be stopped before the task goes on. */
export const mustStop = (task: RunningTask, probe: CommandOf<'JudgeRun'>['probe']): boolean =>
  task.run.started !== null && probe.process !== 'dead' && !probe.other_boot;

/** The record of a stop without signals of ours. `confirmed`: the process was seen gone all the same. */
export const noStop = (task: RunningTask, now: Instant, confirmed: boolean): Stop => {
  const since = task.run.revoked === null ? 0 : elapsed(task.run.revoked.at, now);
  return { signals: [], confirmed, gone_at: null, took_ms: since < 0 ? 0 : since };
};

/** What was seen, as evidence keeps it. */
const lookOf = ({ probe, judge: by, view_behind, discounted_ms, beat_discounted_ms }: CommandOf<'JudgeRun'>): Look => ({
  probe,
  judge: by,
  view_behind,
  discounted_ms,
  ...(beat_discounted_ms === undefined ? {} : { beat_discounted_ms }),
});

const ended = (command: CommandOf<'JudgeRun'>, task: RunningTask, board: BoardState, verdict: Extract<Verdict, { kind: 'end' }>): Decision<'JudgeRun'> => {
  const { at, probe } = command;
  const { reason, rule, uses, due_at, finishes } = verdict;
  // `why` tells the how-manyth failure this was, of how many, and who set that limit.
  const limits = countsAsFailure(reason) ? [...uses, 'failure_limit' as const] : uses;
  const evidence = evidenceOf({ task, now: at, look: lookOf(command), layers: layersOf(task, board), uses: limits, due_at });
  const { run, revoked } = task.run;
  const judgement = { at, task, reason, rule, evidence, then: revoked?.then ?? READY, note: revoked?.note ?? null };
  if (finishes === null && mustStop(task, probe)) return accept(task, [revoke(judgement)], { run, verdict: 'revoked', reason });
  const stop = finishes === null ? null : noStop(task, at, finishes.confirmed);
  return accept(task, reclaim({ ...judgement, board, stop }), { run, verdict: 'reclaimed', reason });
};

/** The watchdog nominated; the true stream decides, so a heartbeat that landed meanwhile wins. A run that is over is nothing to judge. */
export const judgeRun: Decide<'JudgeRun'> = (command, task, board) => {
  const { at, probe, discounted_ms, beat_discounted_ms, only_certain, run } = command;
  if (task.status !== 'running' || task.run.run !== run) return accept(task, [], nothing(run));
  const layers = layersOf(task, board);
  const verdict = judge(task, { probe, now: at, discounted_ms, beat_discounted_ms, only_certain }, layers);
  switch (verdict.kind) {
    case 'none':
      return accept(task, [], nothing(run));
    case 'end':
      return ended(command, task, board, verdict);
    case 'extend': {
      const { claim_expires, uses, due_at } = verdict;
      const evidence = evidenceOf({ task, now: at, look: lookOf(command), layers, uses, due_at });
      const data = { at, run, why: 'process_alive' as const, evidence, claim_expires };
      return accept(task, [{ type: 'ClaimExtended', data }], { run, verdict: 'extended', reason: null });
    }
  }
};

/** 2, 4, 8 … 60 minutes until the next try to stop what survived. */
const retryAfter = (times: number): number => {
  const minutes = 2 ** times;
  return (minutes < 60 ? minutes : 60) * MINUTE;
};

/** The end of a stop: the run is reclaimed by the judgement that revoked it, or the reclaim waits because something survived (rule 5). */
export const reportStop: Decide<'ReportStop'> = ({ at, run, stop, survivors }, task, board) => {
  if (task.status !== 'running' || task.run.run !== run || task.run.revoked === null) return accept(task, [], nothing(run));
  const { reason, rule, then, note, evidence, deferred } = task.run.revoked;
  if (stop.confirmed) return accept(task, reclaim({ at, task, board, reason, rule, evidence, stop, then, note }), { run, verdict: 'reclaimed', reason });
  if (deferred !== null && toMs(at) < toMs(deferred.retry_at)) return accept(task, [], { run, verdict: 'deferred', reason });
  const times = (deferred?.times ?? 0) + 1;
  const data = { at, run, survivors, stop, times, retry_at: plus(at, retryAfter(times)) };
  return accept(task, [{ type: 'ReclaimDeferred', data }], { run, verdict: 'deferred', reason });
};
