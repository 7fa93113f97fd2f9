import { integer, type Row, sqliteFault } from '../../platform/sqlite.ts';
import { CorruptEvent } from '../errors.ts';
import { checksum } from './checksum.ts';
import { type Line, parseLine } from './line.ts';

/** @throws CorruptEvent when the row does not match its checksum. */
export const sound = (position: number | undefined, row: Row): Line => {
  const [line] = row;
  if (typeof line !== 'string') throw new CorruptEvent(BigInt(position ?? 0), 'a column of it is empty');
  const named = position ?? Number.parseInt(line, 10);
  if (checksum(line) !== integer(row, 1)) throw new CorruptEvent(BigInt(named), 'it does not match its checksum');
  return parseLine(line);
};

/** @throws CorruptEvent when SQLite cannot read the page where it lies. */
export const readable = <T>(position: number, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (sqliteFault(error) !== 'corrupt') throw error;
    throw new CorruptEvent(BigInt(position), 'the file is damaged where it lies', { cause: error });
  }
};
