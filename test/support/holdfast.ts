import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHoldfast, type Holdfast, type OpenHoldfast } from '../../src/compose.ts';

/** A folder that the returned function removes. */
export const scratch = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** A board `main` on a fresh or given store, as ana at a test's hands. */
export const holdfastAt = async (store: string, options: Partial<OpenHoldfast> = {}): Promise<Holdfast> => {
  const opened = await openHoldfast({ store, board: 'main', actor: { kind: 'human', id: 'ana' }, surface: 'spec', create: true, ...options });
  await opened.board.change({ type: 'CreateBoard', board: 'main' });
  return opened;
};
