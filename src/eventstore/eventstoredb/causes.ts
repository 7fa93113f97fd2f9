import { StoreUnavailable } from '../errors.ts';

/** What a failed connection means to a person. `lasting`: waiting does not mend it. */
type Cause = { readonly said: string; readonly mend: string; readonly lasting?: true };

const KEEPS_TO_ITSELF = 'see whether the server is stopped, frozen or overloaded, and whether host and port are those of EventStoreDB';

/** By the words of grpc-js and Node, which give no codes for them. The first that matches. */
const CAUSES: readonly (readonly [RegExp, Cause])[] = [
  [/Last error: null/, { said: 'it was not reached in time', mend: 'check that the server runs, and host and port' }],
  [/ECONNREFUSED/, { said: 'nobody listens there', mend: 'check that the server runs, and host and port' }],
  [/Name resolution failed|ENOTFOUND|EAI_AGAIN/, { said: 'that host name is not known here', mend: 'check the host name; a stopped container has none' }],
  [/altnames/, { said: 'its certificate is for another name', mend: 'use a host name or address that its certificate names', lasting: true }],
  [
    /certificate/i,
    { said: 'its certificate is not trusted here', mend: 'name the certificate of the CA that signed it in the address: tlsCAFile=ca.crt', lasting: true },
  ],
  [/SSL routines|EPROTO/, { said: 'it does not speak TLS', mend: 'for a node without security add tls=false; else check host and port', lasting: true }],
  [/Protocol error|Parse Error|HTTP/, { said: 'what answers there is not EventStoreDB', mend: 'check host and port' }],
  [/Failed to connect|ECONNRESET|socket hang up/, { said: 'it hangs up', mend: 'if the server has TLS, leave tls=false out; else check host and port' }],
  [/Failed to discover/, { said: 'no node answers as the leader', mend: 'check that the nodes run, and hosts, ports and tls' }],
  [/^silence|^no answer|not confirmed|Connection dropped|DEADLINE/i, { said: 'it takes the connection and says nothing', mend: KEEPS_TO_ITSELF }],
];

const OTHER: Cause = { said: '', mend: 'check that the server runs, and host, port and tls' };

const causeOf = ({ message }: Error): Cause => CAUSES.find(([words]) => words.test(message))?.[1] ?? OTHER;

/** Whether no waiting will mend it: a certificate, or TLS on one side only. */
export const isLasting = (cause: Error): boolean => causeOf(cause).lasting === true;

/** The wait is over. @param what the call, as a person would say it: "append to task-…" */
export const unreachable = (shown: string, what: string, waitedMs: number, cause: Error): StoreUnavailable => {
  const { said, mend, lasting } = causeOf(cause);
  const words = wordsOf(cause);
  const unsure = what.startsWith('append') ? '; it may have been stored all the same: look before you send it again, or send it with the same command id' : '';
  return new StoreUnavailable(
    `cannot ${what}: ${shown}${lasting === true ? '' : ` gave no answer in ${Math.round(waitedMs / 1000)} s`}: ${said === '' ? words : `${said} (${words})`}`,
    `${mend}${unsure}`,
    { cause, passing: lasting !== true },
  );
};

/** Without what grpc-js puts around it. */
const wordsOf = ({ message, name }: Error): string =>
  (message || name)
    .replace(/^\d+ UNAVAILABLE: /, '')
    .replace(/^No connection established\. Last error: (Error( \[\w+\])?: )?/, '')
    .replace(/^\w+:error:\w+:SSL routines:\w+:([^:]+):.*$/s, '$1')
    .replace(/\.? ?Resolution note:.*$/s, '')
    .replace(/^null$/, 'no connection')
    .replace(/ \(\d{4}-\d\d-\d\dT[^)]*\)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
