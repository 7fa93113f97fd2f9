import { readFileSync } from 'node:fs';
import { StoreUnavailable } from '../errors.ts';
import { type Address, optionsOf } from './address.ts';
import { codeOf } from './failures.ts';

const CERTIFICATE = { holds: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/, called: 'certificate' } as const;
const FILES = {
  tlsCAFile: CERTIFICATE,
  userCertFile: CERTIFICATE,
  userKeyFile: { holds: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, called: 'private key' },
} as const;

/**
 * The client's words for a file that is not there do not name it, and one without a certificate in it is to Node as if none had been named.
 * @throws StoreUnavailable
 */
export const checkCertificates = ({ url, shown }: Address): void => {
  const options = optionsOf(url);
  for (const [option, { holds, called }] of Object.entries(FILES)) {
    const given = options.get(option.toLowerCase());
    if (given === undefined || options.get('tls') === 'false') continue;
    const refuse = (why: string, cause?: unknown) =>
      new StoreUnavailable(`cannot open ${shown}: ${option} ${given} ${why}`, `name the PEM file of the ${called} in the address: ${option}=…`, { cause });
    if (!holds.test(textOf(given, refuse))) throw refuse(`holds no ${called}`);
  }
};

const textOf = (encoded: string, refuse: (why: string, cause: unknown) => Error): string => {
  try {
    return readFileSync(decodeURIComponent(encoded), 'latin1');
  } catch (error) {
    throw refuse(`cannot be read (${String(codeOf(error) ?? error)})`, error);
  }
};
