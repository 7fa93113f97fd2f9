import { text, type Row as SqlRow } from '../platform/sqlite.ts';
import type { Projection } from './projection.ts';

/** Reads rows of a view, whole: a query names `doc` as its first column. */
export const docOf =
  <Row>(_view: Projection<Row>) =>
  (found: SqlRow): Row => {
    const row: Row = JSON.parse(text(found, 0));
    return row;
  };
