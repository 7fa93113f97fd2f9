import { CorruptEvent } from '../errors.ts';
import type { RecordedEvent } from '../port.ts';
import { type Line, uuidOf } from './line.ts';
import type { Names } from './names.ts';

/** Makes the event of a line whose checksum was right. @throws CorruptEvent when its stream or type has no name */
export type Decode = (line: Line) => RecordedEvent;

export const decoder =
  (streams: Names, types: Names): Decode =>
  ([position, streamId, revision, , typeId, , id, data, metadata]) => {
    const [stream, type] = [streams.nameOf(streamId), types.nameOf(typeId)];
    if (stream === undefined || type === undefined) throw new CorruptEvent(BigInt(position), 'its stream or type has no name');
    return { id: uuidOf(id), type, data, metadata, stream, revision: BigInt(revision), position: BigInt(position) };
  };
