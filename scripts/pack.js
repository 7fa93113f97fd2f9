// Packs the command line into one file with V8's code cache beside it (docs/adr/the-command-line-is-packed.md). dist/interfaces/cli/main.js then
// starts the pack; the ES modules stay for the library. A cache made by another V8 is refused by V8, and only time is lost.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/interfaces/cli/main.js');
const pack = join(root, 'dist/pack');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** zod is what every command needs: it goes inside, with its licence; the other dependencies are loaded by the verbs that want them. */
const INSIDE = ['zod'];

buildSync({
  entryPoints: [main],
  outfile: join(pack, 'cli.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  external: Object.keys(dependencies).filter((name) => !INSIDE.includes(name)),
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: `/* With zod inside:\n${readFileSync(join(root, 'node_modules/zod/LICENSE'), 'utf8')}*/` },
  logLevel: 'warning',
});
copyFileSync(join(root, 'scripts/packLoader.cjs'), join(pack, 'load.cjs'));
writeFileSync(main, "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\n\ncreateRequire(import.meta.url)('../../pack/load.cjs').start();\n");
chmodSync(main, 0o755);

/** The cache holds what a heartbeat has compiled by its end, so that is what it is taken from. */
const cwd = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_') && name !== 'NODE_OPTIONS'));
const holdfast = (...args) => execFileSync(process.execPath, args, { cwd, env, encoding: 'utf8' }).trim();
try {
  holdfast(main, 'init');
  const id = holdfast(main, 'create', '-q', 'warm');
  holdfast(main, 'claim', id);
  holdfast(join(root, 'scripts/packWarm.cjs'), 'heartbeat', id, '--run', '1');
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
