import { logFiles, makeLogFolder } from './logFiles.ts';
import { rotatingFile, type RotatingFile } from './rotatingFile.ts';
import { messageOf } from './systemError.ts';

/** The output of one run on disk. Nothing here throws: a log that cannot be written never stops the child. */
export type RunLog = {
  readonly path: string;
  readonly write: (chunk: Uint8Array) => void;
  readonly close: () => void;
};

/** A file is put aside at this size, and the one before it is kept (the reference's worker_log_rotate_bytes and worker_log_backup_count). */
const ROTATE_BYTES = 2 * 1024 * 1024;

type OpenRunLog = {
  /** The folder of all logs of a store. */
  readonly base: string;
  readonly run: { readonly task_id: string; readonly run: number };
  /** Told once, of the first problem. */
  readonly warn: (problem: string) => void;
  readonly rotate_bytes?: number;
};

/** Opens, or goes on with, the log of a run. Written at once: what the child said before its supervisor was killed is there. */
export const openRunLog = ({ base, run, warn, rotate_bytes = ROTATE_BYTES }: OpenRunLog): RunLog => {
  const files = logFiles(base, run);
  let file: RotatingFile | undefined;
  let missing = 0;
  let warned = false;
  const attempt = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      if (!warned) warn(`the output of ${run.task_id} run ${run.run} is not kept: ${messageOf(error)}; the run goes on`);
      warned = true;
      return false;
    }
  };
  attempt(() => {
    makeLogFolder(base, files.folder);
    file = rotatingFile(files, rotate_bytes);
  });
  return {
    path: files.current,
    write: (chunk) => {
      const written = attempt(() => {
        if (missing > 0) file?.append(Buffer.from(`\n[holdfast: up to ${missing} bytes of output are missing here]\n`));
        missing = 0;
        file?.append(chunk);
      });
      if (!written) missing += chunk.length;
    },
    close: () => void attempt(() => file?.close()),
  };
};
