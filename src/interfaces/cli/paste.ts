import { shellWord } from '../../platform/shellWord.ts';
import { shownAddress } from '../../platform/shownAddress.ts';
import { DEFAULT_BOARD, type Settings } from '../settings.ts';
import type { Outcome } from './outcome.ts';

/** A command as it works when it is pasted where it is printed: with the store and board of this call where it would not find them. `of`: another board. */
export type Paste = (command: string, of?: string) => string;

/** The store is never named with its password. */
export const pasteFor = ({ store, board }: Pick<Settings, 'store' | 'board'>): Paste => {
  const storeName = store?.from === 'flag' ? ` --store ${shellWord(shownAddress(store.value))}` : '';
  return (command, of = board.value) => {
    const found = board.from !== 'flag' && of === board.value && of === DEFAULT_BOARD;
    const ofStore = / --(store|from) /.test(command) ? '' : storeName;
    const ofBoard = found || STORE_WIDE.test(command) ? '' : ` --board ${of}`;
    return `${command}${ofStore}${ofBoard}`;
  };
};

/** What names its board already, or means the store. */
const STORE_WIDE = / --board |^holdfast (board (create|list)|copy|doctor|rebuild|verify)\b/;

/** The commands that a message names in backticks, each as it can be pasted. */
export const pasteable = (message: string, paste: Paste): string => message.replaceAll(/`(holdfast [^`]+)`/g, (_, command: string) => `\`${paste(command)}\``);

/** A refusal's message is written where nobody knows the command line. */
export const pasteableOutcome = (outcome: Outcome, paste: Paste): Outcome =>
  outcome.kind === 'error' ? { ...outcome, error: { ...outcome.error, message: pasteable(outcome.error.message, paste) } } : outcome;
