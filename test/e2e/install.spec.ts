import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { scratch } from '../support/holdfast.ts';
import { cleanEnv, MAIN_JS } from './support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const blocks = (path: string, language: string): readonly string[] =>
  [...read(path).matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

/** What the programs of the README take from their surroundings. */
const AROUND = `
declare const pack: (file: string, how: { signal: AbortSignal; fence: string }) => Promise<void>;
declare const save: (cursor: string) => Promise<void>;
declare const agent: { stop(reason: unknown): void };
declare const model: { stream(): AsyncIterable<string> };
declare const [steps, status]: [number, number];
`;

describe('a project that Holdfast is installed in', () => {
  let home: ReturnType<typeof scratch>;
  beforeEach(() => {
    home = scratch();
    mkdirSync(join(home.folder, 'node_modules'));
    symlinkSync(ROOT, join(home.folder, 'node_modules/holdfast'));
    symlinkSync(join(ROOT, 'node_modules/@types'), join(home.folder, 'node_modules/@types'));
    writeFileSync(join(home.folder, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => home.remove());

  it('checks the programs of the README with what the page says that TypeScript needs', () => {
    writeFileSync(join(home.folder, 'around.d.ts'), AROUND);
    for (const [i, program] of blocks('README.md', 'ts').entries()) writeFileSync(join(home.folder, `program${i}.ts`), program);
    writeFileSync(join(home.folder, 'tsconfig.json'), blocks('docs/install.md', 'json')[0] ?? '');
    const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', home.folder], {
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  }, 60_000);

  it('runs the program of the README: it makes a task, packs it, and tells of it', async () => {
    const env = cleanEnv();
    execFileSync(process.execPath, [MAIN_JS, 'init'], { cwd: home.folder, env });
    const around = 'const pack = async () => undefined;\nconst save = async () => undefined;\n';
    writeFileSync(join(home.folder, 'program.js'), `${around}${blocks('README.md', 'ts')[0] ?? ''}`);
    const program = spawn(process.execPath, ['program.js'], { cwd: home.folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => program.once('exit', resolve));
    const lines: string[] = [];
    for await (const line of createInterface(program.stdout)) {
      lines.push(line);
      program.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/^TaskCompleted t_/)]);
  }, 60_000);

  it('has every page that a page of the package leads to', () => {
    const { files }: { readonly files: readonly string[] } = JSON.parse(read('package.json'));
    const packed = ['README.md', 'LICENSE', ...files];
    const pages = packed.flatMap(pagesIn);
    const dead = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^\w+:/.test(link))
        .map((link) => relative(ROOT, join(ROOT, dirname(page), link)))
        .filter((path) => !existsSync(join(ROOT, path)) || !packed.some((name) => path === name || path.startsWith(`${name}/`)))
        .map((path) => `${page} → ${path}`),
    );
    expect(pages).toContain('docs/install.md');
    expect(dead).toEqual([]);
  });
});

const pagesIn = (name: string): readonly string[] => {
  if (!statSync(join(ROOT, name)).isDirectory()) return name.endsWith('.md') ? [name] : [];
  return readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(name, path));
};
