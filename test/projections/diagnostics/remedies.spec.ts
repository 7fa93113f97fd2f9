import { afterEach, describe, expect, it } from '@jest/globals';
import { parseVerb, splitVerb } from '../../../src/interfaces/cli/line/parse.ts';
import { VERBS } from '../../../src/interfaces/cli/verbs.ts';
import { DIAGNOSTICS } from '../../../src/projections/diagnostics/rules.ts';
import { beat, claimed, completed, created, failed, second, taskId, told } from '../../support/taskLog.ts';
import { blocked, DAY, HOUR, late, reclaimed, toldBoard, unblocked } from './support.ts';

let close = async (): Promise<void> => undefined;
afterEach(() => close());

/** As a shell would split it: double quotes only, which is all that remedies use here. */
const words = (command: string): readonly string[] => [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** One task for each way in which a rule can speak. */
const everything = async () => {
  const board = await toldBoard();
  ({ close } = board);
  const { tell } = board;
  const cycles = [1, 2, 3].flatMap((n) => [blocked(DAY + n, null, 'no token'), unblocked(DAY + n)]);
  const crashes = [1, 2].flatMap((run) => [claimed(run, run, 'ada'), failed(run, run, 'ada', { outcome: 'crashed' }), unblocked(run)]);
  const held = { claim_expires: second(9 * DAY) };
  await tell(1, created(0), claimed(1, 1, 'ada'), failed(2, 1, 'ada', { outcome: 'spawn_failed' }), claimed(3, 2, 'ada'), failed(4, 2, 'ada'));
  await tell(2, created(0), ...crashes);
  await tell(3, created(0), ...crashes, claimed(9, 3, 'ada', held));
  await tell(4, created(0), blocked(1, null, 'which files?'));
  await tell(5, created(0), ...cycles);
  await tell(6, created(0), ...cycles, claimed(DAY, 1, 'ada', held));
  await tell(7, created(0, { assignee: 'bob' }));
  await tell(8, created(0), claimed(1, 1, 'ada', held), beat(2, 1, 'ada', held));
  await tell(9, created(0), claimed(1, 1, 'ada'));
  const verdicts = ['lease_expired', 'heartbeat_stale', 'running_stale', 'timed_out', 'crashed'];
  for (const [n, verdict] of verdicts.entries())
    await tell(
      10 + n,
      created(0),
      claimed(1, 1, 'ada'),
      reclaimed(DAY, 1, verdict),
      late(DAY + 1, 1, 'CompleteTask'),
      claimed(DAY + 2, 2, 'bob'),
      completed(DAY + 3, 2, 'bob'),
    );
  const named = { summary: `made ${taskId(98)}`, result: { made: taskId(99) }, artifacts: [] };
  await tell(20, created(0), told('TaskCompleted', 1, { run: null, worker: null, ...named }));
  return board.all(DAY + 2 * HOUR);
};

describe('a remedy', () => {
  it('is offered by every rule, and is a command of this command line', async () => {
    const found = await everything();
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(Object.keys(DIAGNOSTICS)));
    const commands = new Set(found.flatMap(({ remedies }) => remedies.map(({ command }) => command)));
    for (const command of commands) {
      const [program, ...line] = words(command);
      const { name, argv } = splitVerb(line, Object.keys(VERBS));
      const verb = VERBS[name];
      expect({ command, program, known: verb !== undefined }).toEqual({ command, program: 'holdfast', known: true });
      if (verb !== undefined) expect(() => parseVerb(name, verb, argv)).not.toThrow();
    }
    for (const { remedies, kind } of found) expect({ kind, some: remedies.length > 0 }).toEqual({ kind, some: true });
  });

  it('leaves nothing to fill in, and says what it does', async () => {
    for (const { remedies } of await everything())
      for (const { command, means } of remedies) {
        expect(command).not.toMatch(/…|\.\.\.|\b(NAME|TEXT|ID|N)\b|[{}<>]/);
        expect(means).not.toBe('');
      }
  });
});

describe('the table of rules', () => {
  it.each(Object.entries(DIAGNOSTICS))('says of %s when it is seen, when it clears and how severe it is', (kind, rule) => {
    expect(rule.kind).toBe(kind);
    for (const text of [rule.seen, rule.clears, rule.severity]) expect(text).toMatch(/\w/);
    for (const key of rule.thresholds) expect(`${rule.seen} ${rule.severity}`).toContain(key.replace(/_ms$/, '').replace(/^failure_limit$/, 'failure_limit'));
  });
});
