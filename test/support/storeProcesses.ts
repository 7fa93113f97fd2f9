import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/platform/sqlite.ts';
import type { EventStore, RecordedEvent } from '../../src/eventstore/port.ts';
import { START } from '../../src/eventstore/port.ts';
import type { VerifiableStore } from '../../src/eventstore/verifiable.ts';
import { historyOf } from './storeEvents.ts';

export const logFolder = (): string => mkdtempSync(join(tmpdir(), 'holdfast-log-'));

/** A script of this folder, with what it imports from dist/: `npm test` builds first. */
export const start = (script: string, ...args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(new URL(script, import.meta.url)), args, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });

export const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};

export type Acknowledged = { readonly stream: string; readonly revision: string; readonly position: string; readonly id: string };

/** What writers wrote down as acknowledged; a last line cut by the kill does not count. */
export const acknowledgedIn = (file: string): readonly Acknowledged[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [stream = '', revision = '', position = '', id = ''] = line.split(' ');
    return { stream, revision, position, id };
  });
};

const keyOf = ({ stream, revision, position, id }: RecordedEvent) => `${stream} ${revision} ${position} ${id}`;

export const lost = async (store: EventStore, acknowledged: readonly Acknowledged[]): Promise<readonly Acknowledged[]> => {
  const stored = new Set((await historyOf(store, START, ['task-'])).map(keyOf));
  return acknowledged.filter(({ stream, revision, position, id }) => !stored.has(`${stream} ${revision} ${position} ${id}`));
};

export const faultsOf = async (store: VerifiableStore): Promise<readonly string[]> => {
  const faults: string[] = [];
  for await (const { fault } of store.verify()) if (fault !== undefined) faults.push(`${fault.position}: ${fault.fault}`);
  return faults;
};

/** Moves everything from the WAL into the database file. */
export const foldWal = (path: string): void => {
  const database = openDatabase({ path });
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  database.close();
};

/** A log as a crash left it. Only while no process has it open. */
export const copyOfLog = (path: string): string => {
  const copy = join(logFolder(), 'main.db');
  for (const end of ['', '-wal']) if (existsSync(`${path}${end}`)) cpSync(`${path}${end}`, `${copy}${end}`);
  return copy;
};
