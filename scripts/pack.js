// Packs the command line into one file with V8's code cache beside it, because loading 190 ES modules costs a cold `heartbeat` more than
// twice what all the rest does, and Node 20 keeps no compile cache of its own. dist/interfaces/cli/main.js then starts the pack; the ES modules
// stay for the library. A cache made by another V8 is refused by V8, and only time is lost.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const main = join(dist, 'interfaces/cli/main.js');
const require = createRequire(import.meta.url);

/** The one dependency that every command needs; its translations are left out. */
const ZOD = dirname(require.resolve('zod'));
const isTranslation = (file) => file.startsWith(join(ZOD, 'v4/locales/')) && !/\/(en|index)\.cjs$/.test(file);

const idOf = (file) => (file.startsWith(ZOD) ? `zod/${relative(ZOD, file)}` : relative(root, file));
const targetOf = (from, name) => (name.startsWith('.') ? resolve(dirname(from), name) : name === 'zod' ? require.resolve('zod') : undefined);

const asCommonJs = (file, text) =>
  file.endsWith('.cjs')
    ? text
    : transformSync(text, {
        filename: file,
        jsc: { target: 'es2023', parser: { syntax: 'ecmascript' } },
        module: { type: 'commonjs', importInterop: 'node' },
      }).code;

/** Every module that can be reached, dynamic imports included: those are evaluated when they are asked for. */
const collect = (entry) => {
  const modules = new Map();
  const add = (file) => {
    const id = idOf(file);
    if (modules.has(id)) return id;
    modules.set(id, '');
    const text = isTranslation(file) ? 'module.exports = {};' : readFileSync(file, 'utf8').replace(/^#!.*\n/, '');
    const linked = asCommonJs(file, text).replace(/require\("([^"]+)"\)/g, (whole, name) => {
      const target = targetOf(file, name);
      return target !== undefined && existsSync(target) ? `require(${JSON.stringify(add(target))})` : whole;
    });
    modules.set(id, linked);
    return id;
  };
  add(entry);
  return modules;
};

const licence = () => `/* Holdfast, with zod inside, whose licence is:\n${readFileSync(join(ZOD, 'LICENSE'), 'utf8').replaceAll('*/', '* /')}*/\n`;

const write = (modules) => {
  const table = [...modules].map(([id, code]) => `${JSON.stringify(id)}(module,exports,require,__filename){${code}\n}`);
  mkdirSync(join(dist, 'pack'), { recursive: true });
  writeFileSync(join(dist, 'pack/cli.js'), `${licence()}(function(){return {${table.join(',\n')}}})`);
  rmSync(join(dist, 'pack/cli.cache'), { force: true });
  copyFileSync(join(root, 'scripts/packLoader.cjs'), join(dist, 'pack/load.cjs'));
  writeFileSync(main, "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\n\ncreateRequire(import.meta.url)('../../pack/load.cjs').start();\n");
};

/** The cache holds what a heartbeat has compiled by its end, so that is what it is taken from. */
const warm = () => {
  const cwd = mkdtempSync(join(tmpdir(), 'holdfast-pack-'));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_') && name !== 'NODE_OPTIONS'));
  const holdfast = (script, ...args) => execFileSync(process.execPath, [script, ...args], { cwd, env, encoding: 'utf8' }).trim();
  try {
    holdfast(main, 'init');
    const id = holdfast(main, 'create', '-q', 'warm');
    holdfast(main, 'claim', id);
    holdfast(join(root, 'scripts/packWarm.cjs'), 'heartbeat', id, '--run', '1');
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
};

write(collect(main));
warm();
