import type { Actor } from '../../board/board.ts';
import type { Holdfast } from '../../compose.ts';
import type { Settings } from '../settings.ts';

export type Opened = Holdfast;

/** There is no store where one was looked for. Exit 7. */
export class NoBoard extends Error {
  override readonly name = 'NoBoard';
  readonly mend: string;
  constructor(home: string) {
    super(`No board here. \`holdfast init\` makes one in ${home}`);
    this.mend = 'holdfast init';
  }
}

/** @throws NoBoard, or what the store says */
export const openSettled = async (settings: Settings, actor: Actor, create = false, signal?: AbortSignal): Promise<Opened> => {
  const { store, board, location } = settings;
  if (store === null) throw new NoBoard(location.home);
  const { openHoldfast } = await import('../../compose.ts');
  return openHoldfast({ store: store.value, board: board.value, actor, surface: 'cli', create, ...(signal && { signal }) });
};
