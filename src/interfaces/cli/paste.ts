import { shellWord } from '../../platform/shellWord.ts';
import { shownAddress } from '../../platform/shownAddress.ts';
import { DEFAULT_BOARD, type Settings } from '../settings.ts';
import type { Outcome } from './outcome.ts';

/** The command so that it works when it is pasted: with `--store` and `--board` of this call where it would not find them by itself. `of`: another board. */
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

/** Commands that name their board already, or are about the whole store. */
const STORE_WIDE = / --board |^holdfast (board (create|list)|copy|doctor|rebuild|verify)\b/;

/** The commands that a message names in backticks, each as it can be pasted. */
export const pasteable = (message: string, paste: Paste): string => message.replaceAll(/`(holdfast [^`]+)`/g, (_, command: string) => `\`${paste(command)}\``);

/** Makes the commands in a refusal pasteable: its message was written by the domain, which knows neither store nor board of this call. */
export const pasteableOutcome = (outcome: Outcome, paste: Paste): Outcome =>
  outcome.kind === 'error' ? { ...outcome, error: { ...outcome.error, message: pasteable(outcome.error.message, paste) } } : outcome;
