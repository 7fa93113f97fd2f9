import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { POLICY } from '../../src/domain/limits.ts';
import { scratch } from '../support/holdfast.ts';
import { cleanEnv, MAIN_JS } from './support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = join(ROOT, 'README.md');

type Step = { readonly command: string; readonly shown: string };

/** The commands of the tour and what the README shows of their output. */
const steps = (readme: string): readonly Step[] =>
  [...readme.matchAll(/```console\n([^]*?)```/g)]
    .flatMap(([, block = '']) => block.split(/^\$ /m).slice(1))
    .map((step) => ({ command: step.slice(0, step.indexOf('\n')), shown: step.slice(step.indexOf('\n') + 1).trimEnd() }));

/** What differs from run to run: ids (numbered as they appear), times, processes, names of people and hosts, paths, columns, the shell's own notices. */
const stable = (text: string, ids: Map<string, string>): string =>
  text
    .replaceAll(/^bash: line \d+: .*Killed.*\n?/gm, '')
    .replaceAll(/t_[0-9A-Z]{10}/g, (id) => ids.get(id) ?? String(ids.set(id, `task ${ids.size + 1}`).get(id)))
    .replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DATE')
    .replaceAll(/T?\d{2}:\d{2}:\d{2}(\.\d{3})?Z?/g, 'TIME')
    .replaceAll(/wd_[0-9a-f]+/g, 'wd')
    .replaceAll(/\S+ pid \d+/g, 'host pid N')
    .replaceAll(/supervisor \d+/g, 'supervisor N')
    .replaceAll(/human:\S+/g, 'human:somebody')
    .replaceAll(/ at \/\S+/g, ' at /repo/.holdfast')
    .replaceAll(/\d+ events sound, \d+ rows/g, 'N events sound, N rows')
    .replaceAll(/ +/g, ' ')
    .trimEnd();

/** A clone after `npm ci`, as far as the tour sees it: how `holdfast` comes onto the PATH is the README's own affair. */
const clone = (folder: string, env: Readonly<Record<string, string>>): void => {
  execFileSync('git', ['init', '-q', folder], { env });
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true, verbatimSymlinks: true });
  for (const name of ['package.json', 'dist']) symlinkSync(join(ROOT, name), join(folder, name));
};

describe('the README', () => {
  const readme = readFileSync(README, 'utf8');

  it('shows what its tour prints', () => {
    const home = scratch();
    const repo = join(home.folder, 'repo');
    const env = cleanEnv();
    clone(repo, env);
    const tour = steps(readme);
    const script = tour.map(({ command }) => `${command}\nprintf '\\n-- next --\\n'`).join('\n');
    const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], { cwd: repo, env, encoding: 'utf8', timeout: 50_000 });
    const printed = stdout.split('\n-- next --\n');
    const [seen, expected] = [new Map<string, string>(), new Map<string, string>()];
    const shown = tour.map(({ command, shown: text }) => ({ command, text: stable(text, expected) }));
    const real = tour.map(({ command }, i) => ({ command, text: stable(printed[i] ?? '', seen) }));
    const upToEllipsis = real.map(({ command, text }, i) => {
      const [kept, ...rest] = (shown[i]?.text ?? '').split('\n…');
      return { command, text: rest.length > 0 && text.startsWith(kept ?? '') ? `${kept ?? ''}\n…` : text };
    });
    expect(upToEllipsis).toEqual(shown);
    home.remove();
  });

  it('says of the back-off, as the policy does, that a wait may be shorter than its limit', () => {
    const shortened = /less up to a\squarter/;
    expect(/A task that failed waits[^]*?;/.exec(readme)?.[0]).toMatch(shortened);
    expect(POLICY.retry_backoff_ms.means).toMatch(shortened);
  });

  it('names only verbs that exist', () => {
    const { stdout } = spawnSync(process.execPath, [MAIN_JS, 'help'], { env: cleanEnv(), encoding: 'utf8' });
    const known = new Set([...stdout.matchAll(/^ {2}(\w+)(?: \w+)? {2,}/gm)].map(([, verb]) => verb));
    const named = [...readme.matchAll(/^\$ (?:\w+=\$\()?holdfast (\w+)/gm)].map(([, verb]) => verb);
    expect(named.filter((verb) => !known.has(verb))).toEqual([]);
  });
});
