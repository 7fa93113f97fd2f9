import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from '../../../compose.ts';
import type { Handler } from '../call.ts';
import { openSettled } from '../open.ts';
import { done, refused } from '../outcome.ts';

/** Makes .holdfast (or the store that was named) and the board in it; a second time it changes nothing. */
export const init: Handler = async (call) => {
  const { settings, execute } = call;
  const own = settings.store === null || settings.store.from === 'default';
  const store = settings.store ?? { value: settings.location.home, from: 'default', where: 'made by init' };
  const files = filesOf(store.value);
  if (files !== null) makeFolder(dirname(files.log));
  const opened = await openSettled({ ...settings, store }, call.actor, true);
  try {
    const board = settings.board.value;
    const { exists } = await opened.board.state();
    const answer = exists ? { ok: true as const } : await opened.board.change({ type: 'CreateBoard', board }, execute);
    if (!answer.ok) return refused(answer);
    const note = own && settings.location.in_git ? ' (git-ignored, shared by all worktrees)' : '';
    return done({ board, store: opened.address, created: !exists }, `Board ${board} at ${opened.address}${note}`);
  } finally {
    await opened.close();
  }
};

/** A folder that we make is ignored by git as a whole; one that was there is its owner's, but for our own name. */
const makeFolder = (folder: string): void => {
  const made = mkdirSync(folder, { recursive: true }) !== undefined;
  const ignore = join(folder, '.gitignore');
  if ((made || folder.endsWith('.holdfast')) && !existsSync(ignore)) writeFileSync(ignore, '*\n');
};
