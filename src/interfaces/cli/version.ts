import { readFileSync } from 'node:fs';

/** Of this package, as package.json says. */
export const version = (): string => {
  const content: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return typeof content === 'object' && content !== null && 'version' in content ? String(content.version) : 'unknown';
};
