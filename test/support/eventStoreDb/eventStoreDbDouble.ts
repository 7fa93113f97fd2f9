import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { batchAppend, classicAppend, failed, removal } from './appends.ts';
import { commits, type Fault } from './commits.ts';
import { type Log, serverLog } from './log.ts';
import { type Proxy, proxyTo } from './proxy.ts';
import { read, type Rights } from './reads.ts';
import { services } from './wire.ts';

export type DoubleOptions = {
  /** Whether the server offers the batch path; default true. */
  readonly batch?: boolean;
  /** The server's clock against this machine's, ms. */
  readonly clockAheadMs?: number;
  /** After which a copy of an append in flight gets its timeout; 2 s on a real server. */
  readonly writeTimeoutMs?: number;
  /** The database, when nodes of a cluster share it; default one of its own. */
  readonly log?: Log;
  /** The port of the node that gossip names as the leader; default this one. */
  readonly leader?: () => number;
  /** Whether it speaks TLS, with a certificate for 127.0.0.1 that `CERTIFICATES.ca` signed; default no. */
  readonly tls?: boolean;
};

const file = (name: string): string => fileURLToPath(new URL(`certificates/${name}`, import.meta.url));

export const CERTIFICATES = { ca: file('ca.crt'), otherCa: file('otherCa.crt'), key: file('node.key') } as const;

const secure = (): ServerCredentials =>
  ServerCredentials.createSsl(null, [{ private_key: readFileSync(CERTIFICATES.key), cert_chain: readFileSync(file('node.crt')) }]);

type Kind = 'append' | 'batch' | 'read' | 'subscription' | 'live' | 'cancelled' | 'features' | 'gossip';

/** EventStoreDB as its client sees it: the protocol, the behaviour of facts §1.3–1.6, and what can go wrong. */
export type EventStoreDbDouble = {
  readonly address: string;
  readonly log: Log;
  readonly network: Proxy;
  /** How many calls of each kind began; live: how many subscriptions were told that they are caught up; cancelled: those that got no answer. */
  readonly calls: Readonly<Record<Kind, number>>;
  /** Strikes the next append, or the next to a stream whose name begins so. */
  readonly strike: (fault: Fault, prefix?: string) => void;
  /** Subscriptions that are open stay silent from now on, although their connection lives. */
  readonly silence: () => void;
  /** The next one of this kind gets no answer at all. */
  readonly ignoreNext: (kind: 'read' | 'subscription') => void;
  /** What its user may read from now on; default all. */
  readonly allow: (rights: Rights) => void;
  readonly failFeatures: (fails: boolean) => void;
  readonly close: () => Promise<void>;
};

export const eventStoreDbDouble = async ({
  batch = true,
  clockAheadMs = 0,
  writeTimeoutMs = 2000,
  log = serverLog(),
  leader,
  tls = false,
}: DoubleOptions = {}): Promise<EventStoreDbDouble> => {
  const server = new Server();
  const calls: Record<Kind, number> = { append: 0, batch: 0, read: 0, subscription: 0, live: 0, cancelled: 0, features: 0, gossip: 0 };
  const faults: { readonly fault: Fault; readonly prefix: string }[] = [];
  let rights: Rights = 'all';
  const ignored = { read: 0, subscription: 0 };
  let [silenced, featuresFail] = [0, false];

  const nextFault = (stream: string) => {
    const index = faults.findIndex(({ prefix }) => stream.startsWith(prefix));
    return index === -1 ? undefined : faults.splice(index, 1)[0]?.fault;
  };
  const began = (kind: 'read' | 'subscription') => {
    calls[kind] += 1;
    const number = calls[kind];
    const ignore = ignored[kind] > 0;
    if (ignore) ignored[kind] -= 1;
    return { mute: () => number <= silenced, ignore, caughtUp: () => void (calls.live += 1), cancelled: () => void (calls.cancelled += 1) };
  };
  const leaderPort = () => leader?.() ?? network.port;
  const commit = commits({ log, nextFault, cut: () => network.cut(), writeTimeoutMs });
  const counted =
    <Arguments extends readonly unknown[]>(kind: Kind, handle: (...given: Arguments) => void) =>
    (...given: Arguments): void => {
      calls[kind] += 1;
      handle(...given);
    };

  server.addService(services.streams, {
    Read: read({ log, rights: () => rights, began }),
    Append: counted('append', classicAppend(commit, leaderPort)),
    BatchAppend: counted(
      'batch',
      batchAppend(commit, () => Date.now() + clockAheadMs),
    ),
    Delete: removal(log, false),
    Tombstone: removal(log, true),
  });
  server.addService(services.features, {
    GetSupportedMethods: counted('features', (_: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>) =>
      featuresFail ? answer(failed(status.INTERNAL, 'no features today')) : answer(null, supported(batch)),
    ),
  });
  server.addService(services.gossip, {
    Read: counted('gossip', (_: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>) => answer(null, leaderAt(leaderPort()))),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', tls ? secure() : ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error))),
  );
  const network = await proxyTo(port);
  return {
    address: `esdb://127.0.0.1:${network.port}?${tls ? `tlsCAFile=${CERTIFICATES.ca}` : 'tls=false'}`,
    log,
    network,
    calls,
    strike: (fault, prefix = '') => void faults.push({ fault, prefix }),
    silence: () => {
      silenced = calls.subscription;
    },
    ignoreNext: (kind) => {
      ignored[kind] += 1;
    },
    allow: (allowed) => {
      rights = allowed;
    },
    failFeatures: (fails) => {
      featuresFail = fails;
    },
    close: async () => {
      await network.close();
      server.forceShutdown();
    },
  };
};

const supported = (batch: boolean) => ({
  event_store_server_version: '24.2.0',
  methods: ['read', 'append', 'delete', 'tombstone', ...(batch ? ['batchappend'] : [])].map((method_name) => ({
    method_name,
    service_name: 'event_store.client.streams.streams',
    features: method_name === 'read' ? ['position', 'events'] : [],
  })),
});

const LEADER = 8; // MemberInfo.VNodeState
const leaderAt = (port: number) => ({ members: [{ state: LEADER, is_alive: true, http_end_point: { address: '127.0.0.1', port } }] });
