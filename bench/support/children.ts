import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of `bench/processes`: it says one thing when it is ready, is told to go, and says what it found. */
export type Child = {
  readonly pid: number;
  readonly go: () => void;
  /** The next message. @throws Error when it ends without one. */
  readonly said: () => Promise<unknown>;
  readonly kill: () => Promise<void>;
  /** Resolves when it has ended by itself. */
  readonly ended: () => Promise<void>;
};

export const start = async (name: string, args: readonly (string | number)[]): Promise<Child> => {
  const script = fileURLToPath(new URL(`../processes/${name}.js`, import.meta.url));
  const child = fork(script, args.map(String));
  const messages: unknown[] = [];
  let heard = nothing;
  child.on('message', (message) => {
    messages.push(message);
    heard();
  });
  child.on('exit', () => heard());
  const said = async (): Promise<unknown> => {
    while (messages.length === 0) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} ended (${child.exitCode ?? child.signalCode}) without an answer`);
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
    return messages.shift();
  };
  await said();
  return {
    pid: child.pid ?? 0,
    go: () => void child.send('go'),
    said,
    kill: async () => {
      const gone = once(child, 'exit');
      if (child.kill('SIGKILL')) await gone;
    },
    ended: async () => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
};

const nothing = (): void => undefined;

/** The other end: says that it is ready, waits to be told, answers. Ends when the parent does. */
export const whenTold = async (answer: () => Promise<unknown>): Promise<void> => {
  const told = once(process, 'message');
  tell('ready');
  await told;
  tell(await answer());
  process.disconnect();
};

export const tell = (message: unknown): void => {
  if (process.send === undefined) throw new Error('this is started by a benchmark');
  process.send(message);
};

/** Milliseconds that every process of this machine counts alike. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6;
