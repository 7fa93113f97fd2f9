import { z } from 'zod';

/** The library worker has stored all it has to say so far, and looks no more at its signal: from here on it may be stopped. */
const Ready = z.object({ ready: z.literal(true), summary: z.string() });
/** What the board answered its `complete`. */
const Answered = z.object({ refused: z.string(), message: z.string() });

export const LibraryLine = z.union([Ready, Answered]);
export type LibraryLine = z.output<typeof LibraryLine>;

/** What it said, from its output: whole lines only. */
export const libraryLines = (output: string): readonly LibraryLine[] =>
  output
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      if (!line.startsWith('{')) return [];
      const read = LibraryLine.safeParse(JSON.parse(line));
      return read.success ? [read.data] : [];
    });
