import { BoardSlug } from '../../../domain/ids.ts';
import type { Call, Handler } from '../call.ts';
import { withAge } from '../text/ages.ts';
import { UsageError } from '../errors.ts';
import { openSettled } from '../open.ts';
import { noSuchBoard } from '../missingBoard.ts';
import { done, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { policyFrom, policyKey } from '../line/policyValues.ts';
import { policyLines, policyRows } from '../text/policyRows.ts';
import { pausedText } from '../text/pausedText.ts';
import { table } from '../text/table.ts';
import { boardRows } from '../../../projections/lists.ts';

export const boardCreate: Handler = async ({ args, settings, actor, execute }) => {
  const [name = ''] = args.positionals;
  if (!BoardSlug.safeParse(name).success) {
    const allowed = '1 to 64 of a-z 0-9 _ -, beginning with a letter or digit';
    throw new UsageError(`a board may not be called ‘${name}’: ${allowed}`, { value: name, allowed });
  }
  const policy = policyFrom(args.texts('set'));
  const opened = await openSettled({ ...settings, board: { value: name, from: 'flag', where: 'NAME' } }, actor);
  try {
    const answer = await opened.board.change({ type: 'CreateBoard', board: name, policy }, execute);
    return answer.ok ? done({ board: name, ...answer }, `Board ${name} created; use it with --board ${name}`) : refused(answer);
  } finally {
    await opened.close();
  }
};

export const boardList: Handler = async ({ open, io, paste }) => {
  const boards = await (await (await open()).readModel()).read(boardRows);
  const now = io.clock.now();
  const rows = boards.map(({ board, paused, created_at }) => [
    board,
    paused === null ? 'open' : pausedText(paused, now, paste, board),
    created_at === null ? '' : `created ${withAge(created_at, now)}`,
  ]);
  return done({ boards }, table(rows));
};

const change = async (call: Call, command: { readonly type: 'PauseBoard' | 'ResumeBoard'; readonly reason: string | null }, text: string): Promise<Outcome> => {
  const { board } = await call.open();
  const answer = await board.change(command, call.execute);
  return answer.ok ? done({ board: board.name, ...answer }, `Board ${board.name} ${text}`) : refused(answer);
};

export const boardPause: Handler = (call) =>
  change(call, { type: 'PauseBoard', reason: call.args.text('reason') ?? null }, `paused: no new claims; next: ${call.paste('holdfast board resume')}`);

export const boardResume: Handler = (call) => change(call, { type: 'ResumeBoard', reason: call.args.text('reason') ?? null }, 'resumed');

export const boardPolicy: Handler = async ({ args, open, execute }) => {
  const set = policyFrom(args.texts('set'));
  const unset = args.texts('unset').map(policyKey);
  const { board } = await open();
  if (Object.keys(set).length > 0 || unset.length > 0) {
    const answer = await board.change({ type: 'ChangePolicy', set, unset }, execute);
    if (!answer.ok) return refused(answer);
  }
  const state = await board.state();
  if (!state.exists) return noSuchBoard(board.name);
  const rows = policyRows(state);
  return done({ board: board.name, policy: rows }, policyLines(rows));
};
