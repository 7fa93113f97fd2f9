import { fork } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import type { Benchmark, Finding, Scale } from './support/benchmark.ts';
import { lineOf, type Row, rowsOf } from './support/print.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    json: { type: 'string' },
    one: { type: 'string' },
  },
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'build', 'bench-data');
/** In a folder of its own under `bench/results`, which git ignores, unless `--json` names a file. */
const report = values.json ?? join(root, 'bench', 'results', `${new Date().toISOString().replaceAll(':', '-')}.json`);

const isFinding = (value: unknown): value is Finding => typeof value === 'object' && value !== null && 'id' in value && 'value' in value;

/** In a process of its own: neither heap nor compiled code of the others. Undefined: it failed, and said why on stderr. */
const runApart = (name: string): Promise<readonly Finding[] | undefined> =>
  new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ['--one', name, ...(values.quick ? ['--quick'] : [])]);
    let found: readonly Finding[] | undefined;
    child.on('message', (message) => {
      if (Array.isArray(message)) found = message.filter(isFinding);
    });
    child.on('exit', (code) => resolve(code === 0 ? found : undefined));
  });

const runHere = async ({ run }: Benchmark): Promise<void> => {
  const folder = mkdtempSync(join(fixtures, 'run-'));
  const scale: Scale = { quick: values.quick, rounds: 5, folder, fixtures };
  try {
    process.send?.(await run(scale));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (process.connected) process.disconnect();
  }
};

const runAll = async (chosen: readonly Benchmark[]): Promise<void> => {
  rmSync(fixtures, { recursive: true, force: true });
  mkdirSync(fixtures, { recursive: true });
  // The compiled sources look for it where they look in `dist` and `src`: two folders up.
  copyFileSync(join(root, 'package.json'), join(root, 'build', 'package.json'));
  const protos = 'test/support/eventStoreDb/protos';
  cpSync(join(root, protos), join(root, 'build', protos), { recursive: true });
  const rows: Row[] = [];
  for (const { name, targets } of chosen) {
    const started = performance.now();
    const findings = await runApart(name);
    if (findings === undefined) process.exitCode = 1;
    console.log(`${name} (${((performance.now() - started) / 1000).toFixed(0)} s)${findings === undefined ? ' FAILED' : ''}`);
    const found = rowsOf(name, targets, findings ?? []);
    for (const row of found) console.log(`  ${lineOf(row)}`);
    rows.push(...found);
  }
  rmSync(fixtures, { recursive: true, force: true });
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, `${JSON.stringify({ node: process.version, quick: values.quick, rows }, null, 2)}\n`);
  const missed = rows.filter(({ verdict }) => verdict === 'MISS').length;
  console.log(`${rows.filter(({ verdict }) => verdict === 'ok').length} ok, ${missed} missed; ${report}`);
  if (missed > 0 && values.strict) process.exitCode = 1;
};

const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
const one = benchmarks.find(({ name }) => name === values.one);
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else if (one !== undefined) await runHere(one);
else await runAll(positionals.length === 0 ? benchmarks : benchmarks.filter(({ name }) => positionals.includes(name)));
