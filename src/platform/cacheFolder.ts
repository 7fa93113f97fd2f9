import { homedir } from 'node:os';
import { join } from 'node:path';

type Where = { readonly platform: NodeJS.Platform; readonly env: Readonly<Record<string, string | undefined>>; readonly home: string };

/** The user's folder for what can be made anew, by the custom of the system: XDG, Library/Caches, or LocalAppData. */
export const cacheFolder = ({ platform, env, home }: Where = { platform: process.platform, env: process.env, home: homedir() }): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'holdfast');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'holdfast');
  const cache = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  return join(cache?.startsWith('/') === true ? cache : join(home, '.cache'), 'holdfast');
};
