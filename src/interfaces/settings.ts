import { dirname, resolve } from 'node:path';
import { BoardSlug } from '../domain/ids.ts';
import { readConfig } from '../platform/config.ts';
import type { Environment, Rule, Setting } from '../platform/config.ts';
import { locate } from '../platform/location.ts';
import type { Location } from '../platform/location.ts';

type SettingKey = 'store' | 'board' | 'worker' | 'as';

const WORKER = /^\S(.{0,198}\S)?$/;
const ACTOR = /^(human|agent|system):\S.{0,198}$/;

/** Every setting: its variable and what it may be. */
export const RULES: Readonly<Record<SettingKey, Rule>> = {
  store: { env: 'HOLDFAST_STORE', allowed: 'a path, memory: or esdb://…', valid: (value) => value.trim() === value && value.length > 0 },
  board: { env: 'HOLDFAST_BOARD', allowed: '1 to 64 of a-z 0-9 _ -, beginning with a letter or digit', valid: (value) => BoardSlug.safeParse(value).success },
  worker: { env: 'HOLDFAST_WORKER', allowed: '1 to 200 characters', valid: (value) => WORKER.test(value) },
  as: { env: 'HOLDFAST_AS', allowed: 'human:NAME, agent:NAME or system:NAME', valid: (value) => ACTOR.test(value) },
};

export const DEFAULT_BOARD = 'main';

export type Settings = {
  /** null: there is no store, see `location.home` for where one would be. */
  readonly store: Setting | null;
  readonly board: Setting;
  readonly worker: Setting | null;
  readonly as: Setting | null;
  readonly location: Location;
};

type ReadSettings = {
  readonly flags: Partial<Readonly<Record<SettingKey, string | undefined>>>;
  readonly env: Environment;
  readonly cwd: string;
};

/** Flag > env HOLDFAST_* > project file > user file > default. @throws InvalidSetting */
export const readSettings = ({ flags, env, cwd }: ReadSettings): Settings => {
  const setting = readConfig({ rules: RULES, flags, env, cwd });
  const location = locate(cwd);
  const nearest: Setting | null = location.found === null ? null : { value: location.found, from: 'default', where: 'the nearest .holdfast upwards' };
  return {
    store: resolved(setting('store'), cwd) ?? nearest,
    board: setting('board') ?? { value: DEFAULT_BOARD, from: 'default', where: 'built in' },
    worker: setting('worker') ?? null,
    as: setting('as') ?? null,
    location,
  };
};

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** A path is meant from where it stands: the file that names it, else the working directory. */
const resolved = (store: Setting | undefined, cwd: string): Setting | undefined => {
  if (store === undefined) return store;
  const base = store.from === 'project file' || store.from === 'user file' ? dirname(store.where) : cwd;
  return { ...store, value: storeAddress(store.value, base) };
};

/** An address as it is opened: a path becomes absolute. */
export const storeAddress = (address: string, base: string): string => (SCHEME.test(address) ? address : resolve(base, address));
