import type { OverCap } from './caps.ts';
import type { Paused } from './board/board.ts';

/** One reason why nothing happens to a task, with its facts. */
export type WaitingFor = ({ readonly kind: 'pause' } & Paused) | ({ readonly kind: 'cap' } & OverCap);
