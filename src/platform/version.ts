import { readFileSync } from 'node:fs';

let known: string | undefined;

/** Of this package, as package.json says. */
export const version = (): string => {
  if (known !== undefined) return known;
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  known = typeof content === 'object' && content !== null && 'version' in content ? String(content.version) : 'unknown';
  return known;
};
