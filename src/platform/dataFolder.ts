import { homedir } from 'node:os';
import { join } from 'node:path';

type Where = { readonly platform: NodeJS.Platform; readonly env: Readonly<Record<string, string | undefined>>; readonly home: string };

/** The user's folder for what programs keep, by the custom of the system: XDG, Library/Application Support, or LocalAppData. */
export const dataFolder = ({ platform, env, home }: Where = { platform: process.platform, env: process.env, home: homedir() }): string => {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'holdfast');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'holdfast');
  const data = env['XDG_DATA_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  return join(data?.startsWith('/') === true ? data : join(home, '.local', 'share'), 'holdfast');
};
