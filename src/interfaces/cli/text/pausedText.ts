import type { Paused } from '../../../domain/board/board.ts';
import type { Paste } from '../paste.ts';
import { withAge } from './ages.ts';
import { oneLine } from './printable.ts';

/** `paused since … by human:ana: a release; next: holdfast board resume` */
export const pausedText = ({ since, reason, by }: Paused, now: number, paste: Paste, board?: string): string => {
  const who = by === undefined ? '' : ` by ${oneLine(by)}`;
  return `paused since ${withAge(since, now)}${who}${reason === null ? '' : `: ${oneLine(reason)}`}; next: ${paste('holdfast board resume', board)}`;
};
