import type { Actor, ExecuteOptions } from '../../board/board.ts';
import type { Settings } from '../settings.ts';
import type { Arguments } from './line/arguments.ts';
import type { Io } from './io.ts';
import type { Opened } from './open.ts';
import type { Outcome } from './outcome.ts';
import type { Paste } from './paste.ts';
import type { Paint } from './text/paint.ts';

/** Everything a verb is handed. */
export type Call = {
  readonly verb: string;
  readonly args: Arguments;
  readonly json: boolean;
  readonly io: Io;
  readonly paint: Paint;
  /** For every command that is printed as a hint. */
  readonly paste: Paste;
  readonly settings: Settings;
  readonly actor: Actor;
  /** Who holds what is claimed. */
  readonly worker: string;
  /** Opens the store and the board; closed by itself after the verb. The signal ends the wait for a server. @throws NoBoard */
  readonly open: (signal?: AbortSignal) => Promise<Opened>;
  /** For every command of this call: who says so, and under which command id. */
  readonly execute: ExecuteOptions;
};
export type Handler = (call: Call) => Promise<Outcome>;
