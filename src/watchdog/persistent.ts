import { defer, from, retry, tap, throwError, type Observable } from 'rxjs';
import type { Clock } from '../platform/clock.ts';
import { isUnreachable } from './outage.ts';
import type { WatchdogLog } from './ports.ts';

/** When the changes broke off because the store was out of reach, they begin anew after this (ms). */
const AGAIN_MS = 1000;

/** The changes, subscribed anew from the start whenever the store was out of reach. The same reason is logged once until changes come again. */
export const persistent = <Batch>(given: {
  readonly changes$: Observable<Batch>;
  readonly clock: Clock;
  readonly log?: WatchdogLog;
  readonly beginAnew: () => void;
  readonly signal: AbortSignal;
}): Observable<Batch> => {
  let told: string | undefined;
  const tell = (error: unknown): void => {
    if (told !== String(error)) given.log?.warn({ err: error }, 'the changes broke off; they begin anew');
    told = String(error);
  };
  return defer(() => {
    given.beginAnew();
    return given.changes$;
  }).pipe(
    tap(() => (told = undefined)),
    retry({
      delay: (error: unknown) => {
        if (!isUnreachable(error)) return throwError(() => error);
        tell(error);
        return from(given.clock.sleep(AGAIN_MS, given.signal));
      },
    }),
  );
};
