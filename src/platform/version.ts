import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './packageRoot.ts';

let known: string | undefined;

/** Of this package, as package.json says. */
export const version = (): string => {
  if (known !== undefined) return known;
  const content: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  known = typeof content === 'object' && content !== null && 'version' in content ? String(content.version) : 'unknown';
  return known;
};
