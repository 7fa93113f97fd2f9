import { StoreUnavailable } from '../errors.ts';

/** An address as the client takes it, and as people may see it: without password. */
export type Address = { readonly url: string; readonly shown: string };

/** @throws StoreUnavailable for what the client would misread or refuse with a message of its own. */
export const addressOf = (store: string): Address => {
  const shown = store.replace(/\/\/[^@/?]*@/, '//…@').replace(/\?.*$/, '');
  const [, host = ''] = /^esdb(?:\+discover)?:\/\/(?:[^@/?]*@)?([^/?]*)/.exec(store) ?? [];
  if (host === '') throw new StoreUnavailable(`cannot open ${shown}: no host in it`, 'give an address such as esdb://localhost:2113?tls=false');
  if (host.includes('[')) throw new StoreUnavailable(`cannot open ${shown}: the client cannot read IPv6 addresses`, 'give a host name or an IPv4 address');
  return { url: store, shown };
};
