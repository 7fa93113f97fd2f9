import { codecOf } from '../codec.ts';
import { BoardEvent, WatchdogEvent } from './board.ts';

const board = codecOf({ events: BoardEvent.options, schema: BoardEvent, upcasters: new Map() });
const watchdog = codecOf({ events: WatchdogEvent.options, schema: WatchdogEvent, upcasters: new Map() });

/** Events of a board's own stream: upcast and checked; as they are appended. */
export const parseBoardEvent = board.parse;
export const encodeBoardEvent = board.encode;

/** Those of the stream of its watchdogs: upcast; upcast and checked; as they are appended. */
export const decodeWatchdogEvent = watchdog.decode;
export const parseWatchdogEvent = watchdog.parse;
export const encodeWatchdogEvent = watchdog.encode;
