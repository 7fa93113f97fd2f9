import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../../platform/packageRoot.ts';
import { z } from 'zod';

/** An installed package: what the tasks of the demo work on. */
export type Material = { readonly name: string; readonly version: string; readonly folder: string; readonly bytes: number };

const Manifest = z.object({ version: z.string().default('0'), dependencies: z.record(z.string(), z.string()).default({}) });

/** The packages that Holdfast itself needs, with what they need in turn: one of each name, the largest first. */
export const installedPackages = (own: string = packageRoot()): readonly Material[] => {
  const found = new Map<string, Material>();
  const visit = (folder: string): void => {
    const homes = Object.keys(manifestOf(folder).dependencies).flatMap((name) => {
      const home = found.has(name) ? undefined : homeOf(name, folder);
      if (home === undefined) return [];
      found.set(name, { name, version: manifestOf(home).version, folder: home, bytes: bytesOf(home) });
      return [home];
    });
    homes.forEach(visit); // after all of its own: of two versions the nearer one counts
  };
  visit(realpathSync(own));
  return [...found.values()].toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
};

const bytesOf = (folder: string): number => filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);

/** Every file of a package, in the same order everywhere; not those of packages installed inside it. */
export const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
      return entry.isFile() ? [path] : [];
    });

const manifestOf = (folder: string): z.output<typeof Manifest> => Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));

/** Where Node would look for a package that a file of this folder imports. */
const homeOf = (name: string, from: string): string | undefined =>
  (createRequire(join(from, 'package.json')).resolve.paths(name) ?? [])
    .map((modules) => join(modules, name))
    .find((home) => existsSync(join(home, 'package.json')));
