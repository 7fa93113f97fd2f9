import { liveProjector } from '../../../projections/live.ts';
import { hostWatchdog } from '../../../hosting.ts';
import type { ReadModel } from '../../../projections/readModel.ts';
import { aborted } from '../../../worker/aborted.ts';
import type { Handler } from '../call.ts';
import { logOf, openWhenThere } from '../longRunning.ts';
import { missingBoard } from '../missingBoard.ts';
import { done } from '../outcome.ts';

/** Projector and watchdog until SIGTERM. Ends by itself, with an error, only when nobody would watch any more. */
export const serve: Handler = async (call) => {
  const { io, settings } = call;
  const log = logOf(call);
  const stopped = io.stopped();
  const opened = await openWhenThere(call, log);
  const missing = await missingBoard(opened.board);
  if (missing !== undefined) return missing;
  const readModel = await opened.readModel();
  const projector = broken(readModel);
  const watchdog = await hostWatchdog(opened, log);
  log.info({ store: opened.shown, board: settings.board.value }, 'serving');
  if (!call.json) io.out(`serving board ${settings.board.value} of ${opened.shown}; stop with SIGTERM or Ctrl-C\n`);
  try {
    await Promise.race([aborted(stopped), watchdog.done, projector.promise]);
  } finally {
    projector.end();
    await watchdog.close();
    log.info({ signal: stopped.reason ?? null }, 'ended');
  }
  return done({ board: settings.board.value, ended: 'signal' }, '');
};

const nothing = (): void => undefined;

/** Rejects when the views can no longer be kept up. */
const broken = (readModel: ReadModel): { readonly promise: Promise<never>; readonly end: () => void } => {
  let end = nothing;
  const promise = new Promise<never>((_, reject) => {
    const subscription = liveProjector({ readModel }).subscribe({ error: reject });
    end = () => subscription.unsubscribe();
  });
  return { promise, end };
};
