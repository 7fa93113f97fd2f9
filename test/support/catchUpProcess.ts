import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The build that `npm test` has just made: a process of its own cannot run TypeScript. */
const DIST = new URL('../../dist/', import.meta.url).href;

const SCRIPT = `
const [dist, log, directory, rounds] = process.argv.slice(1);
const { openSqliteEventStore } = await import(dist + 'eventstore/sqlite/sqliteEventStore.js');
const { openReadModel } = await import(dist + 'projections/readModel.js');
const { systemClock } = await import(dist + 'platform/clock.js');
const store = await openSqliteEventStore({ path: log });
const readModel = await openReadModel({ store, directory, clock: systemClock() });
console.log('open');
await readModel.catchUp({ onProgress: ({ position }) => console.log(String(position)) });
for (let round = 0; round < Number(rounds); round += 1) await readModel.rebuild({ onProgress: ({ position }) => console.log(String(position)) });
console.log('path ' + readModel.path());
readModel.close();
await store.close();
`;

export type CatchUpProcess = {
  /** Its next line: `open`, then a position per batch, then `path …`; undefined when it has ended. */
  readonly line: () => Promise<string | undefined>;
  readonly lines: () => Promise<readonly string[]>;
  readonly kill: () => void;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
};

/** A process that catches up with a log and then rebuilds its rows so many times. */
export const catchUpProcess = ({ log, directory, rebuilds = 0 }: { log: string; directory: string; rebuilds?: number }): CatchUpProcess => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, DIST, log, directory, String(rebuilds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => {
    const { value, done } = await output.next();
    return done === true ? undefined : value;
  };
  const lines = async (): Promise<readonly string[]> => {
    const next = await line();
    return next === undefined ? [] : [next, ...(await lines())];
  };
  return { line, lines, kill: () => void child.kill('SIGKILL'), ended: once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null)) };
};
