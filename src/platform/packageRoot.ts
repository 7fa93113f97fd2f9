import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const upwards = (folder: string): string => (existsSync(join(folder, 'package.json')) ? folder : upwards(dirname(folder)));

let root: string | undefined;

/** The folder of this package, wherever this code was built to: dist, the pack, or the benchmarks. */
export const packageRoot = (): string => (root ??= upwards(dirname(fileURLToPath(import.meta.url))));

/** A file that the build leaves under dist, such as `interfaces/cli/main.js`. */
export const built = (path: string): string => join(packageRoot(), 'dist', path);
