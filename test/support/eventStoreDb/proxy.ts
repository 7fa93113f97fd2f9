import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A network between client and server that can be cut, frozen and taken down. */
export type Proxy = {
  readonly port: number;
  /** Ends every connection; new ones are taken. */
  readonly cut: () => void;
  /** Nothing passes any more, in silence; new connections are taken and nothing passes on them either. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Ends every connection and refuses new ones, as a server that is not there. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

export const proxyTo = async (target: number): Promise<Proxy> => {
  const pairs = new Map<Socket, Socket>();
  let frozen = false;
  const listener = createServer((socket) => {
    const upstream = connect(target, '127.0.0.1');
    pairs.set(socket, upstream);
    for (const [end, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.on('close', () => {
        pairs.delete(socket);
        other.destroy();
      });
    }
    if (!frozen) join(socket, upstream);
  });
  const port = await listening(listener, 0);
  const cut = () => {
    for (const socket of Array.from(pairs.keys())) socket.destroy();
  };
  const down = async () => {
    const closed = listener.listening ? once(listener, 'close') : undefined;
    listener.close();
    cut();
    await closed;
  };
  return {
    port,
    cut,
    freeze: () => {
      frozen = true;
      for (const [socket, upstream] of pairs)
        for (const end of [socket, upstream]) {
          end.unpipe();
          end.pause();
        }
    },
    thaw: () => {
      frozen = false;
      for (const [socket, upstream] of pairs) join(socket, upstream);
    },
    down,
    up: async () => {
      if (!listener.listening) await listening(listener, port);
    },
    connections: () => pairs.size,
    close: down,
  };
};

const join = (from: Socket, to: Socket): void => {
  from.pipe(to);
  to.pipe(from);
};

const listening = (listener: ReturnType<typeof createServer>, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
