import type { RecordedEvent } from '../eventstore/port.ts';
import type { SqlValue } from '../platform/sqlite.ts';

/**
 * A named, numbered fold of events into rows. Raise `fold` whenever what `apply` returns changes: the views are then built anew from the log.
 * Of a row, `columns` are what queries filter and sort by; the whole of it is kept as JSON beside them.
 */
export type Projection<Row> = {
  readonly name: string;
  readonly fold: number;
  /** Of the streams that matter to it, how their names begin. */
  readonly prefix: string;
  /** SQL name and type of each column, in the order of `indexed`. */
  readonly columns: Readonly<Record<string, 'TEXT' | 'INTEGER'>>;
  /** What to index, as SQL after `ON <table>`. */
  readonly indexes: readonly string[];
  /** Which row an event changes, or which rows; undefined: none. */
  readonly keyOf: (event: RecordedEvent) => string | readonly string[] | undefined;
  /** Pure. `row` is undefined when there is none yet; the answer undefined leaves it so. `key` tells which of several rows this is. */
  readonly apply: (row: Row | undefined, event: RecordedEvent, key: string) => Row | undefined;
  /** The row when `apply` threw over an event that nobody of ours wrote: one task must not stop the others. Default: as it was. */
  readonly broken?: (row: Row | undefined, event: RecordedEvent) => Row;
  readonly indexed: (row: Row) => readonly SqlValue[];
  /** Which rows matter no more once one is written: SQL after `DELETE FROM <table>`, in which `?1` is `of` the written row. Default: none. */
  readonly outdated?: { readonly of: (row: Row) => string; readonly where: string };
};

/** A position in the log with the last event that was seen there, so that another log at the same position is told apart. */
export type Checkpoint = {
  readonly position: bigint;
  readonly last: { readonly stream: string; readonly revision: bigint; readonly id: string } | null;
};

/** Consecutive events: everything after `after` up to and including `position`. */
export type LogBatch = { readonly after: bigint; readonly events: readonly RecordedEvent[]; readonly position: bigint };
