import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Holdfast } from '../../src/compose.ts';
import { holdfastAt, scratch } from '../support/holdfast.ts';

describe('a board that remembers, while others change the same store', () => {
  let home: ReturnType<typeof scratch>;
  let [one, other]: Holdfast[] = [];
  const boards = () => {
    if (one === undefined || other === undefined) throw new Error('not open');
    return { mine: one.board, theirs: other.board };
  };
  beforeEach(async () => {
    home = scratch();
    one = await holdfastAt(home.folder);
    other = await holdfastAt(home.folder);
  });
  afterEach(async () => {
    await one?.close();
    await other?.close();
    home.remove();
  });

  /** A task that this board has claimed, beaten for and given back, so that its state and the board's are remembered. */
  const known = async (): Promise<string> => {
    const { mine } = boards();
    const created = await mine.create({ title: 'Pack' });
    if (!created.ok) throw new Error(created.message);
    const { task_id } = created;
    await mine.execute({ type: 'ClaimTask', task_id, worker: 'ada' });
    await mine.execute({ type: 'RecordHeartbeat', task_id, run: 1, worker: 'ada' });
    await mine.execute({ type: 'ReleaseClaim', task_id, run: 1, worker: 'ada' });
    return task_id;
  };
  const claim = (task_id: string) => boards().mine.execute({ type: 'ClaimTask', task_id, worker: 'ada' });

  it('claims nothing on a board that another process has paused', async () => {
    const task_id = await known();
    await boards().theirs.change({ type: 'PauseBoard', reason: 'release' });
    expect(await claim(task_id)).toMatchObject({ ok: false, code: 'BoardPaused', reason: 'release' });
  });

  it('claims by the policy that another process has set', async () => {
    const task_id = await known();
    await boards().theirs.change({ type: 'ChangePolicy', set: { claim_ttl_ms: 60_000, failure_limit: 1 } });
    expect(await claim(task_id)).toMatchObject({ ok: true, lease_ms: 60_000, lease_source: 'board' });
    await boards().theirs.change({ type: 'ChangePolicy', set: { failure_limit: 5 } });
    const failed = await boards().mine.execute({ type: 'FailRun', task_id, run: 2, worker: 'ada', error: 'exit 1' });
    expect(failed).toMatchObject({ ok: true, gave_up: false });
  });

  it('claims the next one by what another process has done to the board between two claims', async () => {
    const { mine, theirs } = boards();
    for (const title of ['a', 'b', 'c']) await mine.create({ title });
    const next = () => mine.claimNext({ worker: 'ada' });
    expect(await next()).toMatchObject({ ok: true, lease_source: 'default' });
    await theirs.change({ type: 'ChangePolicy', set: { claim_ttl_ms: 60_000 } });
    expect(await next()).toMatchObject({ ok: true, lease_ms: 60_000, lease_source: 'board' });
    await theirs.change({ type: 'PauseBoard', reason: 'release' });
    expect(await next()).toMatchObject({ ok: false, code: 'NothingToClaim', why: 'paused' });
  });

  it('links nothing in a circle, where another process took away the link that it knew and made one the other way round', async () => {
    const { mine, theirs } = boards();
    const ids: string[] = [];
    for (const title of ['a', 'b']) {
      const created = await mine.create({ title });
      if (created.ok) ids.push(created.task_id);
    }
    const [a = '', b = ''] = ids;
    await mine.execute({ type: 'LinkTask', task_id: a, parents: [b] });
    await theirs.execute({ type: 'UnlinkTask', task_id: a, parents: [b] });
    await theirs.execute({ type: 'LinkTask', task_id: b, parents: [a] });
    const before = await mine.history(a);
    expect(await mine.execute({ type: 'LinkTask', task_id: a, parents: [b] })).toMatchObject({ ok: false, code: 'DependencyCycle', path: [a, b, a] });
    expect(await mine.history(a)).toEqual(before);
  });

  it('refuses a beat for a run that another process has taken back, and one that was claimed anew', async () => {
    const task_id = await known();
    await claim(task_id);
    await boards().theirs.execute({ type: 'ReclaimTask', task_id });
    await boards().theirs.execute({ type: 'ClaimTask', task_id, worker: 'bob' });
    const beat = await boards().mine.execute({ type: 'RecordHeartbeat', task_id, run: 2, worker: 'ada' });
    expect(beat).toMatchObject({ ok: false, code: 'StaleRun', current_run: 3, holder: 'bob', reason: 'operator' });
    expect(await claim(task_id)).toMatchObject({ ok: false, code: 'AlreadyClaimed', holder: 'bob' });
  });

  it('stamps what it decides again after what made it decide again', async () => {
    const task_id = await known();
    await boards().theirs.execute({ type: 'AddComment', task_id, text: 'first' });
    await claim(task_id);
    const instants = (await boards().mine.history(task_id)).map(({ data }) => data.at);
    expect(instants).toEqual(instants.toSorted());
  });
});
