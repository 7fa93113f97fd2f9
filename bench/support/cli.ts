import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** As `npm run build` leaves it: packed, because that is what users start. */
const CLI = fileURLToPath(new URL('../../../dist/interfaces/cli/main.js', import.meta.url));

/** ms that a process of Node takes from start to end. @throws Error when it fails. */
export const timeOfNode = (args: readonly string[]): number => {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const took = performance.now() - started;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
};

/** ms of one command from a cold start. */
export const timeOfCommand = (args: readonly string[]): number => {
  if (!existsSync(CLI)) throw new Error('npm run build first');
  return timeOfNode([CLI, ...args]);
};
