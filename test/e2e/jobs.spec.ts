import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../src/interfaces/settings.ts';
import { LOG_LEVELS } from '../../src/platform/logLevels.ts';
import { PLACEHOLDERS } from '../../src/worker/child/commandLine.ts';
import { createTask, newCli, type Cli } from './support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/jobs.md'), 'utf8');

const sectionOf = (title: string): string => PAGE.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '';
const words = (text: string, form: RegExp): readonly string[] => [...new Set([...text.matchAll(form)].map(([, word = '']) => word))].toSorted();
const rows = (title: string): readonly string[] =>
  sectionOf(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'));
const FIRST = /^\| `(\w+)`/gm;

/** Every line of the sources of a folder. */
const sources = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');

describe('the page of what a command gets', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await newCli();
  });
  afterAll(() => cli.remove());

  it('lists the variables that a supervised command and claim --export give, and no others', async () => {
    await createTask(cli, 'Tell');
    const told = join(cli.dir, 'told');
    await cli.run(['work', '--until-empty', '--', 'sh', '-c', `env > ${told}; cat "$HOLDFAST_TASK_FILE" > ${told}.json`]);
    const table = rows('In its environment');
    expect(words(table.join('\n'), FIRST)).toEqual(words(readFileSync(told, 'utf8'), /^(HOLDFAST_\w+)=/gm));
    const file: object = JSON.parse(readFileSync(`${told}.json`, 'utf8'));
    const [, fields = ''] = /The file of the task has:\n(.*)\(each/.exec(PAGE) ?? [];
    expect(words(fields, /`(\w+)`/g)).toEqual(Object.keys(file).toSorted());
    await createTask(cli, 'Export');
    const { out } = await cli.run(['claim', '--next', '--export']);
    expect(words(table.filter((row) => /\| yes +\|$/.test(row)).join('\n'), FIRST)).toEqual(words(out, /^export (HOLDFAST_\w+)=/gm));
  });

  it('names every variable of ours that the sources name', () => {
    const named = /\b(HOLDFAST_[A-Z]+(?:_[A-Z]+)*)\b/g;
    expect(words(PAGE, named)).toEqual(words(sources(join(ROOT, 'src')), named));
  });

  it('lists the placeholders, the settings and the levels of the log', () => {
    expect(words(sectionOf('In its arguments'), /`\{(\w+)\}`/g)).toEqual(PLACEHOLDERS.toSorted());
    const settings = rows('Settings').map((row) => words(row, /`((?:--)?\w+)`/g));
    for (const [key, { env }] of Object.entries(RULES)) expect(settings).toContainEqual(expect.arrayContaining([`--${key}`, env, key]));
    expect(settings).toHaveLength(Object.keys(RULES).length);
    const [, levels = ''] = /as JSON lines: (.*)/.exec(PAGE) ?? [];
    expect(words(levels, /`(\w+)`/g)).toEqual(LOG_LEVELS.toSorted());
  });
});
