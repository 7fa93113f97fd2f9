import type { OpenRuns } from '../domain/caps.ts';
import { text } from '../platform/sqlite.ts';
import { OPEN_RUNS, openRunsIn, type AdmissionRow } from './admissions.ts';
import type { ReadModel } from './readModel.ts';
import type { Rows } from './views.ts';

/** How many admitted runs are open: on the board, and of those in that name. */
export const openRuns = (rows: Rows, board: string, name: string): OpenRuns => openRunsIn(rows.all(OPEN_RUNS, name, board)[0]);

/** The open run of a task; undefined when none is. */
export const admissionOf = (rows: Rows, taskId: string): AdmissionRow | undefined =>
  rows.all('SELECT doc FROM admissions WHERE key = ?', taskId).map((found) => {
    const row: AdmissionRow = JSON.parse(text(found, 0));
    return row;
  })[0];

/** What the rows say of caps, caught up to the head of the log at each call. */
export const admitted = ({ readModel, board }: { readonly readModel: Pick<ReadModel, 'read'>; readonly board: string }) => ({
  openRuns: (name: string) => readModel.read((rows) => openRuns(rows, board, name)),
  openRun: (taskId: string) => readModel.read((rows) => admissionOf(rows, taskId)),
});
