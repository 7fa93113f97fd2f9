import { styleText } from 'node:util';
import type { Io } from '../io.ts';

export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>>;

/** Colour only on a terminal, and not with NO_COLOR (no-color.org: set and not empty). */
export const paintFor = ({ terminal, env }: Pick<Io, 'terminal' | 'env'>): Paint => {
  const on = terminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const style = (format: keyof Paint) => (text: string) => (on && text !== '' ? styleText(format, text, { validateStream: false }) : text);
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow'), cyan: style('cyan') };
};
