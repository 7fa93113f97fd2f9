import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, Handler } from '../call.ts';
import { openSettled } from '../open.ts';
import { done, refused } from '../outcome.ts';

/** Makes .holdfast (which git ignores as a whole) and the board in it; a second time it changes nothing. */
export const init: Handler = async (call) => {
  const { settings } = call;
  const folder = settings.location.found ?? settings.location.home;
  const own = settings.store === null || settings.store.from === 'default';
  if (own) makeFolder(folder);
  const store = settings.store ?? { value: folder, from: 'default', where: 'made by init' };
  const opened = await openSettled({ ...settings, store }, call.actor, true);
  try {
    const board = settings.board.value;
    const { exists } = await opened.board.state();
    const answer = exists ? { ok: true as const } : await opened.board.change({ type: 'CreateBoard', board }, call.execute);
    if (!answer.ok) return refused(answer);
    const data = { board, store: store.value, created: !exists, git_ignored: own };
    return done(data, `Board ${board} at ${store.value}${own ? noteOf(call) : ''}`);
  } finally {
    await opened.close();
  }
};

const noteOf = ({ settings }: Call): string => (settings.location.in_git ? ' (git-ignored, shared by all worktrees)' : '');

const makeFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
};
