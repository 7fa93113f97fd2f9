import { about } from '../text/ages.ts';
import type { Handler } from '../call.ts';
import { done } from '../outcome.ts';
import { progressBar } from '../text/progressBar.ts';

export const rebuild: Handler = async ({ open, io }) => {
  const { readModel, store } = await open();
  const model = await readModel();
  const bar = progressBar(io, 'rebuild');
  const started = io.clock.monotonic();
  const { position, events } = await model.rebuild({
    signal: io.stopped(),
    onProgress: (progress) => bar.at(Number(progress.position), Number(progress.head)),
  });
  bar.end();
  const took_ms = Math.round(io.clock.monotonic() - started);
  const complete = position >= (await store.head()) || !io.stopped().aborted;
  return done(
    { position, events, took_ms, complete },
    `${events} events folded in ${about(took_ms)}, up to position ${position}${complete ? '' : '; stopped early, the rest follows at the next read'}`,
  );
};
