import { StoreUnavailable } from '../errors.ts';

/** An address as the client takes it, and as people may see it: without user, password and query. */
export type Address = { readonly url: string; readonly shown: string };

const EXAMPLE = 'esdb://user:password@host:2113?tlsCAFile=ca.crt, or esdb://localhost:2113?tls=false for a node without security';
const ENCODED = 'percent-encode user and password: % is %25, : is %3A, / is %2F, ? is %3F, @ is %40';

const [INTEGER, SWITCH, TEXT] = [/^-?\d+$/, /^(true|false)$/, /^[^?]+$/];
/** What the client takes, without what would break this adapter: `throwOnAppendFailure`, and reads from nodes that may be behind. */
const QUERY: Readonly<Record<string, RegExp>> = {
  tls: SWITCH,
  tlsCAFile: TEXT,
  userCertFile: TEXT,
  userKeyFile: TEXT,
  connectionName: TEXT,
  defaultDeadline: INTEGER,
  keepAliveInterval: INTEGER,
  keepAliveTimeout: INTEGER,
  maxDiscoverAttempts: INTEGER,
  discoveryInterval: INTEGER,
  gossipTimeout: INTEGER,
  nodePreference: /^leader$/,
};

/**
 * @throws StoreUnavailable for what the client would misread (it cuts a password at `:`), ignore (unknown keys, with a warning on stderr that
 * shows the password) or refuse with a message of its own.
 */
export const addressOf = (store: string): Address => {
  const [, scheme, credentials, hosts = '', query = ''] = /^(esdb(?:\+discover)?:\/\/)(?:([^@/?]*)@)?([^@/?]*)\/*(?:\?(.*))?$/.exec(store.trim()) ?? [];
  // A raw / ? or @ in a password tears the address apart. Then nothing before the last @ is shown.
  const torn = scheme === undefined || (credentials === undefined && /^[^=]*@/.test(query));
  const shown = torn ? hidden(store) : `${scheme}${credentials === undefined ? '' : '…@'}${hosts}`;
  const refuse = (why: string, mend: string) => new StoreUnavailable(`cannot open ${shown}: ${why}`, mend);
  if (torn) throw store.includes('@') ? refuse('user or password cannot be told from the rest', ENCODED) : refuse('it is no address', `write ${EXAMPLE}`);
  if (hosts === '') throw refuse('no host in it', `write ${EXAMPLE}`);
  if (hosts.split(',').some((host) => /\[|:.*:/.test(host))) throw refuse('the client cannot read IPv6 addresses', 'give a host name or an IPv4 address');
  const host = hosts.split(',').find((each) => !isHost(each));
  if (host !== undefined) throw refuse(`‘${host}’ is no host:port with a port from 1 to 65535`, `write ${EXAMPLE}`);
  if (credentials !== undefined && !areCredentials(credentials)) throw refuse('user and password cannot be read', ENCODED);
  for (const [key, value] of query === '' ? [] : query.split('&').map(pairOf)) checkOption(key, value, refuse);
  return { url: `${scheme}${credentials === undefined ? '' : `${credentials}@`}${hosts}${query === '' ? '' : `?${query}`}`, shown };
};

const hidden = (store: string): string => store.replace(/\/\/.*@/s, '//…@').replace(/\?.*$/s, '');

const isHost = (text: string): boolean => {
  const [, , port = '2113'] = /^([\w.-]+)(?::(\d+))?$/.exec(text) ?? ['', '', '0'];
  return Number(port) >= 1 && Number(port) <= 65_535;
};

const areCredentials = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return /^[^:]+:[^:]+$/.test(text);
  } catch {
    return false;
  }
};

const pairOf = (pair: string): readonly [string, string] => {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
};

/** What stands behind the `?`, by name in lower case without - and _: the client takes them in any spelling. */
export const optionsOf = (url: string): ReadonlyMap<string, string> =>
  new Map((url.split('?')[1] ?? '').split('&').map((pair) => [flat(pairOf(pair)[0]), pairOf(pair)[1].trim()]));

const flat = (key: string): string => key.trim().toLowerCase().replaceAll(/[_-]/g, '');

const checkOption = (key: string, value: string, refuse: (why: string, mend: string) => Error): void => {
  if (flat(key) === 'tlsverifycert')
    throw refuse('tlsVerifyCert has no effect in this client', 'leave it out, and name the certificate of the CA: tlsCAFile=ca.crt');
  const known = Object.keys(QUERY).find((each) => flat(each) === flat(key));
  if (known === undefined) throw refuse(`there is no option ‘${key}’`, `known are ${Object.keys(QUERY).join(', ')}`);
  if (QUERY[known]?.test(value.trim()) === true) return;
  const wanted = { tls: 'true or false', nodePreference: 'leader: another node may be behind what was acknowledged' }[known];
  throw refuse(`${known} cannot be ‘${value}’`, `give ${wanted ?? (QUERY[known] === INTEGER ? 'a whole number' : 'a value')}`);
};
