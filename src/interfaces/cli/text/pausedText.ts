import type { Paused } from '../../../domain/board/board.ts';
import { withAge } from './ages.ts';
import { oneLine } from './printable.ts';

/** `paused since … by human:ana: a release; next: holdfast board resume` */
export const pausedText = ({ since, reason, by }: Paused, now: number): string => {
  const who = by === undefined ? '' : ` by ${oneLine(by)}`;
  return `paused since ${withAge(since, now)}${who}${reason === null ? '' : `: ${oneLine(reason)}`}; next: holdfast board resume`;
};
