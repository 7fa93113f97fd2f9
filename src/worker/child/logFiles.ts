import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Where the output of a run is kept: the newest in `current`, what was before it in `rotated`. */
export type LogFiles = { readonly folder: string; readonly current: string; readonly rotated: string };

/** `base`: the folder of all logs of a store. */
export const logFiles = (base: string, { task_id, run }: { readonly task_id: string; readonly run: number }): LogFiles => {
  const folder = join(base, task_id);
  const current = join(folder, `${run}.log`);
  return { folder, current, rotated: `${current}.1` };
};

/** Makes the folder of a task's logs, for this user only. @throws what the system says, and when a link leads elsewhere */
export const makeLogFolder = (base: string, folder: string): void => {
  for (const path of [base, folder]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    assertInside(base, path);
  }
};

/** Something else in the place of a log or of a folder of logs, such as a symbolic link. */
export class NoLog extends Error {
  override readonly name = 'NoLog';
}

/** Output may hold secrets, so it goes nowhere else. @throws NoLog when `base`, or a folder in it, is a symbolic link */
export const assertInside = (base: string, folder: string): void => {
  const parent = dirname(base);
  const [real, expected] = [realpathSync(folder), join(realpathSync(parent), relative(parent, folder))];
  if (real !== expected) throw new NoLog(`${folder} leads to ${real}, and a symbolic link is not followed`);
};
