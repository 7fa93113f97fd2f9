import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** The folder that holds a store and what belongs to it. */
const FOLDER = '.holdfast';

export type Location = {
  /** The nearest `.holdfast` upwards; null when there is none. In a linked git worktree the search runs in the main checkout. */
  readonly found: string | null;
  /** Where `holdfast init` makes one: at the top of the repository (of the main checkout), else here. */
  readonly home: string;
  readonly in_git: boolean;
};

export const locate = (cwd: string): Location => {
  const here = resolve(cwd);
  const checkout = checkoutOf(here);
  if (checkout === undefined) return { found: nearestFolder(here), home: join(here, FOLDER), in_git: false };
  const inMain = join(checkout.main, relative(checkout.top, here));
  return { found: nearestFolder(inMain), home: join(checkout.main, FOLDER), in_git: true };
};

/** Every folder from here up to the root. */
export const upwards = (from: string): readonly string[] => {
  const parent = dirname(from);
  return parent === from ? [from] : [from, ...upwards(parent)];
};

const nearestFolder = (from: string): string | null =>
  upwards(from)
    .map((folder) => join(folder, FOLDER))
    .find((folder) => isFolder(folder)) ?? null;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** `top`: of the checkout that holds `from`; `main`: of the one that owns the repository, the same unless `top` is a linked worktree. */
const checkoutOf = (from: string): { readonly top: string; readonly main: string } | undefined => {
  const top = upwards(from).find((folder) => existsSync(join(folder, '.git')));
  if (top === undefined) return undefined;
  return { top, main: mainOf(top) };
};

/** A linked worktree has a file `.git` that names its folder in the repository, and there `commondir` names the repository. */
const mainOf = (top: string): string => {
  const dotGit = join(top, '.git');
  if (isFolder(dotGit)) return top;
  const [, named] = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8')) ?? [];
  if (named === undefined) return top;
  const gitFolder = resolve(top, named.trim());
  const commondir = join(gitFolder, 'commondir');
  if (!existsSync(commondir)) return top;
  const repository = resolve(gitFolder, readFileSync(commondir, 'utf8').trim());
  return basename(repository) === '.git' ? dirname(repository) : top;
};
