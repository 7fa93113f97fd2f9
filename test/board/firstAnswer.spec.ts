import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Board } from '../../src/board/board.ts';
import type { PolicyValues } from '../../src/domain/policy.ts';
import { twoBoards, type TwoBoards } from '../support/twoBoards.ts';

describe('a command whose board changes its policy between the look at it and the append', () => {
  let boards: TwoBoards;
  let mine: Board;
  let theirs: Board;
  beforeEach(async () => {
    boards = await twoBoards();
    ({ mine, theirs } = boards);
  });
  afterEach(() => boards.close());

  const again = { command_id: 'c-1' };
  const policy = async (set: PolicyValues): Promise<void> => {
    expect(await theirs.change({ type: 'ChangePolicy', set })).toMatchObject({ ok: true });
  };
  const changesMeanwhile = (set: PolicyValues): void => {
    boards.meanwhile(() => policy(set));
  };
  const made = async (): Promise<string> => {
    const answer = await mine.create({ title: 'A task' });
    if (!answer.ok) throw new Error(answer.message);
    return answer.task_id;
  };

  it('is answered by the caps and the lease that a claim was made under when it comes again', async () => {
    const task_id = await made();
    await policy({ max_running: 3, claim_ttl_ms: 60_000 });
    changesMeanwhile({ max_running: 0, claim_ttl_ms: 90_000 });
    const claim = () => mine.execute({ type: 'ClaimTask', task_id, worker: 'ada' }, again);
    const first = await claim();
    expect(first).toMatchObject({ ok: true, lease_ms: 60_000, caps: { max_running: { value: 3, source: 'board' } } });
    expect(await claim()).toEqual(first);
  });

  it('is refused again when it was given back for a cap that is off since', async () => {
    const [first, second] = [await made(), await made()];
    await policy({ max_running: 1 });
    boards.meanwhile(async () => {
      expect(await theirs.execute({ type: 'ClaimTask', task_id: first, worker: 'bob' })).toMatchObject({ ok: true });
      await policy({ max_running: 0 });
    });
    const claim = () => mine.execute({ type: 'ClaimTask', task_id: second, worker: 'ada' }, again);
    expect(await claim()).toMatchObject({ ok: false, code: 'AtCap' });
    expect(await claim()).toMatchObject({ ok: false, code: 'AtCap' });
  });

  it('is answered by the limit that a failure tripped when it comes again', async () => {
    const task_id = await made();
    await mine.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    await policy({ failure_limit: 1 });
    changesMeanwhile({ failure_limit: 5 });
    const fail = () => mine.execute({ type: 'FailRun', task_id, run: 1, worker: 'ada', error: 'exit 1' }, again);
    const first = await fail();
    expect(first).toMatchObject({ ok: true, status: 'blocked', gave_up: true });
    expect(await fail()).toEqual(first);
  });
});
