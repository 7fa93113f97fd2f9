import { Observable } from 'rxjs';

/**
 * An iteration as an Observable: one per subscriber, ended by unsubscribing, or by `until`. An error of the iteration is an error of the stream.
 */
export const observed = <Item>(open: (signal: AbortSignal) => AsyncIterable<Item>, until?: AbortSignal): Observable<Item> =>
  new Observable((subscriber) => {
    const stop = new AbortController();
    const signal = until === undefined ? stop.signal : AbortSignal.any([stop.signal, until]);
    const pump = async (): Promise<void> => {
      for await (const item of open(signal)) subscriber.next(item);
    };
    pump().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => stop.abort();
  });
