/** Controls that move a cursor, retitle a terminal or reorder what is read; blanks and line ends stay. */
const CONTROLS = /(?![\t\n])(?:\p{Cc}\[[\d;]*m|[\p{Cc}\u202A-\u202E\u2066-\u2069])/gu;
const COLOUR = '\u001B[';
const SUBSTITUTE = '\uFFFD';

/** Whoever may create a task must not control the terminal of whoever lists it. On a terminal colours pass, since ours are among them. */
export const printable = (text: string, terminal: boolean): string =>
  text.replaceAll(CONTROLS, (found) => (terminal && found.startsWith(COLOUR) ? found : SUBSTITUTE));

/** Text in a row of a list: a line end in it must not look like another row. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
