import type { Handler } from '../call.ts';
import { openSettled } from '../open.ts';
import { done, refused } from '../outcome.ts';
import { makeStoreFolder } from '../storeFolder.ts';

/** Makes .holdfast (or the store that was named) and the board in it; a second time it changes nothing. */
export const init: Handler = async (call) => {
  const { settings, execute } = call;
  const own = settings.store === null || settings.store.from === 'default';
  const store = settings.store ?? { value: settings.location.home, from: 'default', where: 'made by init' };
  makeStoreFolder(store.value);
  const opened = await openSettled({ ...settings, store }, call.actor, true);
  try {
    const board = settings.board.value;
    const { exists } = await opened.board.state();
    const answer = exists ? { ok: true as const } : await opened.board.change({ type: 'CreateBoard', board }, execute);
    if (!answer.ok) return refused(answer);
    const note = own && settings.location.in_git ? ' (git-ignored, shared by all worktrees)' : '';
    return done({ board, store: opened.shown, created: !exists }, `Board ${board} at ${opened.shown}${note}`);
  } finally {
    await opened.close();
  }
};
