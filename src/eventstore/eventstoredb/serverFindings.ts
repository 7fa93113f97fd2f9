import { fine, type Finding, failing, warning } from '../finding.ts';
import { optionsOf } from './address.ts';

/** What the address says of encryption. */
export const tlsFindings = (address: string): readonly Finding[] => {
  const options = optionsOf(address);
  if (options.get('tls') !== 'false') return [fine('tls', options.has('tlscafile') ? 'on, with a CA of its own' : 'on')];
  if (hostsOf(address).every((host) => LOCAL.includes(host))) return [fine('tls', 'off, on this machine only')];
  return [warning('tls', 'off: everything is readable on the way, and user and password are not even sent', 'tls=true and tlsCAFile=… in the address')];
};

const LOCAL = ['localhost', '127.0.0.1'];

const hostsOf = (address: string): readonly string[] =>
  (/^[^:]+:\/\/(?:[^@/?]*@)?([^/?]*)/.exec(address)?.[1] ?? '').split(',').map((host) => host.replace(/:\d+$/, ''));

/** The oldest that says when a subscription has caught up. */
const OLDEST: readonly [number, number] = [23, 10];

/** @param version undefined: the server did not say */
export const versionFinding = (version: string | undefined): Finding => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (version === undefined || major === undefined || minor === undefined)
    return warning(
      'version',
      `the server does not tell its version${version === undefined ? '' : ` (‘${version}’)`}`,
      'use EventStoreDB 23.10 or newer, or KurrentDB',
    );
  const old = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  return old ? failing('version', `${version} is older than ${OLDEST.join('.')}`, 'use EventStoreDB 23.10 or newer, or KurrentDB') : fine('version', version);
};

/** The policy's `clock_grace` allows for 5 s between hosts. */
const [NOTABLE_MS, TOO_MUCH_MS] = [1_000, 5_000];

/** @param skewMs server minus us @param known within how many ms */
export const skewFinding = (skewMs: number, known: number): Finding => {
  const saw = `the server’s clock is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} ours (± ${known} ms)`;
  const size = Math.max(0, Math.abs(skewMs) - known);
  if (size > TOO_MUCH_MS) return failing('clock', `${saw}: more than clock_grace allows for`, 'timedatectl status, on both; run NTP');
  return size > NOTABLE_MS ? warning('clock', saw, 'timedatectl status, on both; run NTP') : fine('clock', saw);
};
