import type { RefusalCode } from '../../domain/task/answers.ts';

/** What the process answers its caller with (design §7). */
export const EXIT = { ok: 0, defect: 1, usage: 2, not_found: 3, refused: 4, fenced: 5, nothing: 6, store: 7, later: 75 } as const;
type Exit = (typeof EXIT)[keyof typeof EXIT];

export type EdgeCode =
  | 'Usage'
  | 'NoBoard'
  | 'NothingToClaim'
  | 'StoreUnavailable'
  | 'StoreUnreadable'
  | 'CorruptEvent'
  | 'VerifyFailed'
  | 'TargetDiffers'
  | 'SourceIncomplete'
  | 'Defect';

/** Every way to be told no, and its exit code. */
export const EXITS: Readonly<Record<RefusalCode | EdgeCode, Exit>> = {
  NotFound: EXIT.not_found,
  AlreadyExists: EXIT.refused,
  AlreadyClaimed: EXIT.refused,
  NotClaimable: EXIT.refused,
  BoardPaused: EXIT.nothing,
  AtCap: EXIT.nothing,
  NotRunning: EXIT.refused,
  RunRequired: EXIT.usage,
  InvalidInput: EXIT.usage,
  InvalidPolicy: EXIT.usage,
  WrongStatus: EXIT.refused,
  HumanRequired: EXIT.refused,
  StaleRun: EXIT.fenced,
  HeartbeatStale: EXIT.refused,
  WaitsForParents: EXIT.refused,
  DependencyCycle: EXIT.refused,
  StillAlive: EXIT.refused,
  CommandConflict: EXIT.refused,
  Unreadable: EXIT.store,
  Usage: EXIT.usage,
  NoBoard: EXIT.store,
  NothingToClaim: EXIT.nothing,
  StoreUnavailable: EXIT.store,
  StoreUnreadable: EXIT.store,
  CorruptEvent: EXIT.store,
  VerifyFailed: EXIT.store,
  TargetDiffers: EXIT.refused,
  SourceIncomplete: EXIT.store,
  Defect: EXIT.defect,
};
