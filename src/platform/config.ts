import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { upwards } from './location.ts';

/** Where a setting came from, the strongest first. */
type From = 'flag' | 'env' | 'project file' | 'user file' | 'default';

/** `where` names it exactly: `--store`, `HOLDFAST_STORE`, a file, or how the default came about. */
export type Setting = { readonly value: string; readonly from: From; readonly where: string };

export type Rule = { readonly env: string; readonly allowed: string; readonly valid: (value: string) => boolean };

/** A setting that makes no sense: which, its value, what is allowed, and where it stands. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  readonly field: string;
  readonly value: unknown;
  readonly allowed: string;
  readonly where: string;
  constructor({ field, value, allowed, where }: { readonly field: string; readonly value: unknown; readonly allowed: string; readonly where: string }) {
    super(`${where}: ${field} ‘${String(value)}’ is not allowed: ${allowed}`);
    this.field = field;
    this.value = value;
    this.allowed = allowed;
    this.where = where;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

type ReadConfig<Key extends string> = {
  readonly rules: Readonly<Record<Key, Rule>>;
  readonly flags: Partial<Readonly<Record<Key, string | undefined>>>;
  readonly env: Environment;
  readonly cwd: string;
};

const PROJECT_FILE = 'holdfast.json';

/**
 * Settings by flag > environment > project file (the nearest `holdfast.json` upwards) > user file
 * (`$XDG_CONFIG_HOME/holdfast/config.json`); undefined where none of them names one. An empty variable counts as not set.
 * @throws InvalidSetting
 */
export const readConfig = <Key extends string>({ rules, flags, env, cwd }: ReadConfig<Key>): ((key: Key) => Setting | undefined) => {
  const projectFile = upwards(resolve(cwd))
    .map((folder) => join(folder, PROJECT_FILE))
    .find((path) => existsSync(path));
  const files = [
    { from: 'project file' as const, path: projectFile },
    { from: 'user file' as const, path: userFile(env) },
  ].map(({ from, path }) => ({ from, where: path ?? '', values: path === undefined ? {} : readFile(path, Object.keys(rules)) }));
  return (key) => {
    const { env: variable, allowed, valid } = rules[key];
    const candidates = [
      { from: 'flag' as const, where: `--${key}`, value: flags[key] },
      { from: 'env' as const, where: variable, value: env[variable] === '' ? undefined : env[variable] },
      ...files.map(({ from, where, values }) => ({ from, where, value: values[key] })),
    ];
    const chosen = candidates.find(({ value }) => value !== undefined);
    if (chosen === undefined) return undefined;
    const { from, where, value } = chosen;
    if (typeof value !== 'string' || !valid(value)) throw new InvalidSetting({ field: key, value, allowed, where });
    return { value, from, where };
  };
};

const userFile = (env: Environment): string | undefined => {
  const home = env['XDG_CONFIG_HOME'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.config'));
  const path = home === undefined ? undefined : join(home, 'holdfast', 'config.json');
  return path !== undefined && existsSync(path) ? path : undefined;
};

const readFile = (path: string, known: readonly string[]): Readonly<Record<string, unknown>> => {
  const content = parsed(path);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new InvalidSetting({ field: 'file', value: content, allowed: 'one JSON object', where: path });
  }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(content);
  const stranger = entries.find(([key]) => !known.includes(key));
  if (stranger !== undefined) throw new InvalidSetting({ field: 'key', value: stranger[0], allowed: known.join(', '), where: path });
  return Object.fromEntries(entries);
};

const parsed = (path: string): unknown => {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidSetting({ field: 'file', value: text.slice(0, 80), allowed: 'one JSON object', where: path });
  }
};
