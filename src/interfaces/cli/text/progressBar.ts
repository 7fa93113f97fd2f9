import type { Io } from '../io.ts';

type ProgressBar = { readonly at: (done: number, total: number) => void; readonly end: () => void };

const WIDTH = 30;
const BETWEEN_MS = 100;

/** On stderr, and only on a terminal: `label [#####     ] 41 % 410,000 of 1,000,000`. */
export const progressBar = ({ errTerminal, err, clock }: Pick<Io, 'errTerminal' | 'err' | 'clock'>, label: string): ProgressBar => {
  if (!errTerminal) return { at: () => undefined, end: () => undefined };
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    at: (done, total) => {
      const now = clock.monotonic();
      if (now - drawn < BETWEEN_MS && done < total) return;
      drawn = now;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const filled = Math.round(share * WIDTH);
      err(
        `\r${label} [${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} % ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`,
      );
    },
    end: () => {
      if (drawn !== Number.NEGATIVE_INFINITY) err('\n');
    },
  };
};
