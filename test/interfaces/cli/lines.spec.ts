import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTask } from '../../e2e/support/cli.ts';
import type { Cli } from '../../e2e/support/cli.ts';
import { newInProcess } from './inProcess.ts';

/** One task through its life: the line typed, and what the answer says behind the id. */
const LIFE: readonly (readonly [line: string, says: RegExp])[] = [
  ['edit ID --priority 1', /^changed: priority$/],
  ['comment ID hello', /^commented$/],
  ['assign ID ada', /^ready$/],
  ['claim ID', /^"Say hi" claimed, run 1, expires in 15m; next: holdfast complete ID --run 1$/],
  ['heartbeat ID --run 1', /^run 1: go on; lease until /],
  ['progress ID --run 1 --percent 50', /^run 1: go on; lease until /],
  ['release ID --run 1', /^ready$/],
  ['claim ID', /^"Say hi" claimed, run 2/],
  ['fail ID --run 2 --error no', /^ready, not before /],
  ['promote ID', /^ready/],
  ['block ID --reason which', /^blocked \(needs_input\); next: holdfast unblock ID$/],
  ['unblock ID', /^ready$/],
  ['schedule ID --until 2999-01-01T00:00Z', /^scheduled until 2999/],
  ['promote ID', /^ready/],
  ['claim ID', /^"Say hi" claimed, run 3/],
  ['reclaim ID', /^ready$/],
  ['claim ID', /^"Say hi" claimed, run 4/],
  ['complete ID --run 4', /^done$/],
  ['complete ID --run 4', /^done \(already\)$/],
  ['reopen ID', /^ready$/],
  ['cancel ID', /^archived$/],
];

describe('the line that a verb answers with', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newInProcess();
  });
  afterAll(() => cli.remove());

  it('begins with the task, whatever was done to it, and goes on with what became of it', async () => {
    const id = await createTask(cli, 'Say hi');
    for (const [line, says] of LIFE) {
      const { out, err } = await cli.run(line.replace('ID', id).split(' '), { HOLDFAST_WORKER: 'ada' });
      expect({ line, err, first: out.split(' ')[0] }).toEqual({ line, err: '', first: id });
      expect(
        out
          .trim()
          .slice(id.length + 1)
          .replaceAll(id, 'ID'),
      ).toMatch(says);
    }
  });
});
