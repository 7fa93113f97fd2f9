import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { elapsed } from '../../../src/domain/instant.ts';
import { openWorkshop, type Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop({ policy: { stop_grace_ms: 300 } });
});
afterEach(() => shop.close());

const nothing = (): void => undefined;

/** What a child wrote to its standard output, as its supervisor hands it on. */
const heard = () => {
  const lines: string[] = [];
  let wake = nothing;
  return {
    output: (chunk: Uint8Array) => {
      lines.push(...Buffer.from(chunk).toString().trim().split('\n'));
      wake();
    },
    line: async (index: number): Promise<string> => {
      while (lines[index] === undefined) await new Promise<void>((resolve) => (wake = resolve));
      return lines[index];
    },
  };
};

describe('the exit of a supervised child', () => {
  it.each([
    { script: 'echo one; echo " packed 3 "; echo', on_zero: 'complete', ended: 'completed', event: 'TaskCompleted', data: { summary: 'packed 3' } },
    { script: 'echo fine', on_zero: 'require-verdict', ended: 'no_verdict', event: 'RunFailed', data: { outcome: 'no_verdict', exit_code: 0 } },
    { script: 'echo no >&2; exit 3', on_zero: 'complete', ended: 'failed', event: 'RunFailed', data: { outcome: 'failed', exit_code: 3, last_output: 'no\n' } },
    { script: 'exit 75', on_zero: 'complete', ended: 'rate_limited', event: 'RunFailed', data: { outcome: 'rate_limited', counts_as_failure: false } },
    { script: 'kill -SEGV $$', on_zero: 'complete', ended: 'crashed', event: 'RunFailed', data: { outcome: 'crashed', signal: 'SIGSEGV' } },
  ] as const)('of `$script` ($on_zero) is booked as $ended', async ({ script, on_zero, ended, event, data }) => {
    const claimed = await shop.claim();
    expect(await shop.run(script, claimed, { child: { on_zero } })).toMatchObject({ ended, reason: null });
    expect((await shop.event(claimed.task_id, event)).data).toMatchObject({ run: 1, worker: 'ada', ...data });
  });

  it('is spawn_failed when the command is not on PATH, and nothing was recorded as started', async () => {
    const claimed = await shop.claim();
    const ended = await shop.run('', claimed, { child: { command: 'no-such-command' } });
    expect(ended).toMatchObject({ ended: 'spawn_failed', spawn_error: 'command not found: no-such-command', exit_code: null });
    expect(await shop.types(claimed.task_id)).toEqual(['TaskCreated', 'TaskClaimed', 'RunFailed']);
  });

  it.each([
    { left: '10m', facts: { retry_after_ms: 600_000, error: 'exit 75: rate limited' } },
    { left: '600', facts: { error: expect.stringMatching(/^exit 75: rate limited; its retry-after ‘600’ is not allowed: it takes a number with a unit/) } },
  ])('75 with a retry-after of $left makes the task wait so long, or says why not', async ({ left, facts }) => {
    const claimed = await shop.claim();
    await shop.run(`echo ${left} > "$HOLDFAST_RETRY_AFTER_FILE"; exit 75`, claimed);
    const { data } = await shop.event(claimed.task_id, 'RunFailed');
    expect(data).toMatchObject({ outcome: 'rate_limited', counts_as_failure: false, ...facts });
    expect(elapsed(data.at, data.not_before ?? '')).toBe(data.retry_after_ms ?? 300_000);
  });

  it('is not a rate limit for what was left about one', async () => {
    const claimed = await shop.claim();
    await shop.run('echo 10m > "$HOLDFAST_RETRY_AFTER_FILE"; exit 1', claimed);
    expect((await shop.event(claimed.task_id, 'RunFailed')).data).not.toHaveProperty('retry_after_ms');
  });

  it('tells when the failure made the task give up', async () => {
    await shop.board.change({ type: 'ChangePolicy', set: { retry_backoff_ms: 0 } });
    const claimed = await shop.claim();
    await shop.run('exit 1', claimed);
    const again = await shop.board.execute({ type: 'ClaimTask', task_id: claimed.task_id, worker: 'ada' });
    if (!again.ok) throw new Error(again.message);
    expect(await shop.run('exit 1', again)).toMatchObject({ ended: 'failed', gave_up: true });
  });
});

describe('a supervised child', () => {
  it('is on record, leading a group of its own, before its command begins; its output is activity', async () => {
    const claimed = await shop.claim();
    await shop.run('echo $$; echo more', claimed);
    expect(await shop.types(claimed.task_id)).toEqual(['TaskCreated', 'TaskClaimed', 'WorkerStarted', 'HeartbeatRecorded', 'TaskCompleted']);
    const { data } = await shop.event(claimed.task_id, 'WorkerStarted');
    expect(data.supervisor.pid).toBe(process.pid);
    expect(data.child.pgid).toBe(data.child.pid);
    expect((await shop.event(claimed.task_id, 'HeartbeatRecorded')).data.source).toBe('activity');
  });

  it('finds its claim in the environment, the task in its arguments and in a file that is removed afterwards', async () => {
    const { output, line } = heard();
    const claimed = await shop.claim({ title: 'two words', input: { file: 'a.txt' } }, 90_000);
    const script =
      'echo "$HOLDFAST_STORE $HOLDFAST_BOARD $HOLDFAST_TASK $HOLDFAST_RUN $HOLDFAST_WORKER $HOLDFAST_LEASE"; echo "$1|$2"; echo $HOLDFAST_TASK_FILE; tail -1 "$HOLDFAST_TASK_FILE"';
    const ran = shop.run('', claimed, { deps: { output }, child: { args: ['-c', script, 'sh', '{title}', '{input}'] } });
    const file = await line(2);
    await ran;
    expect(await line(0)).toBe(`/srv/board/.holdfast main ${claimed.task_id} 1 ada 1m30s`);
    expect(await line(1)).toBe('two words|{"file":"a.txt"}');
    expect(await line(3)).toBe('}');
    expect(existsSync(file)).toBe(false);
  });

  it('is never begun when the board does not take its start, and its run is left to whoever has it', async () => {
    const { output } = heard();
    const claimed = await shop.claim();
    await shop.cancel(claimed.task_id, true);
    expect(await shop.run('echo ran', claimed, { deps: { output } })).toMatchObject({ ended: 'reclaimed', reason: 'cancelled' });
    expect(await shop.types(claimed.task_id)).not.toContain('WorkerStarted');
  });

  it('has its own verdict respected, whatever its exit', async () => {
    const { output, line } = heard();
    const claimed = await shop.claim();
    const go = join(tmpdir(), `holdfast-go-${claimed.task_id}`);
    const ran = shop.run(`echo ready; until [ -e ${go} ]; do sleep 0.02; done; exit 9`, claimed, { deps: { output } });
    await line(0);
    await shop.board.execute({ type: 'BlockTask', task_id: claimed.task_id, run: 1, worker: 'ada', kind: 'needs_input', reason: 'which?' });
    await writeFile(go, '');
    expect(await ran).toMatchObject({ ended: 'own_verdict', reason: 'blocked', exit_code: 9 });
    expect((await shop.types(claimed.task_id)).at(-1)).toBe('TaskBlocked');
    await rm(go);
  });

  it('is stopped when it lives on for 30 s after its own verdict', async () => {
    const { output, line } = heard();
    const claimed = await shop.claim();
    const { clock } = shop;
    const slept: number[] = [];
    const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms === 30_000 ? slept.push(ms) * 50 : ms, signal) };
    const ran = shop.run('echo ready; exec sleep 60', claimed, { deps: { output, clock: hasty } });
    await line(0);
    await shop.board.execute({ type: 'CompleteTask', task_id: claimed.task_id, run: 1, worker: 'ada' });
    expect(await ran).toMatchObject({ ended: 'own_verdict', reason: 'completed', signal: 'SIGTERM' });
    expect(slept).toEqual([30_000]);
  });

  it('takes its whole group with it: no grandchild lives on when the end is booked', async () => {
    const { output, line } = heard();
    const claimed = await shop.claim();
    const ran = shop.run('sleep 60 & echo $!', claimed, { deps: { output } });
    const grandchild = Number(await line(0));
    expect(await ran).toMatchObject({ ended: 'completed', exit_code: 0 });
    expect(await state(grandchild)).toMatch(/gone|Z/);
  });
});

const state = async (pid: number): Promise<string> => {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') gone');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[0] ?? '';
};
