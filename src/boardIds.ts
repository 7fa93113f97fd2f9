import type { Ids } from './board/ports.ts';
import { taskIdFromBytes } from './domain/taskId.ts';
import { bytes, bytesOf, digest, uuid, uuidBeside, uuidOf } from './platform/ids.ts';

/** Where the ids of a board come from. */
export const boardIds: Ids = {
  command: uuid,
  event: (stream, commandId, index) => uuidOf(`${stream}/${commandId}/${index}`),
  eventOfFresh: uuidBeside,
  digest,
  task: () => taskIdFromBytes(bytes(16)),
  taskOf: (board, key) => taskIdFromBytes(bytesOf(`${board}/${key}`)),
};
