import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf, installedPackages } from '../../../../src/interfaces/cli/demo/material.ts';
import { pack } from '../../../../src/interfaces/cli/demo/pack.ts';
import { plannedTasks, TASK_COUNT } from '../../../../src/interfaces/cli/demo/tasks.ts';

describe('the material of the demo', () => {
  const packages = installedPackages();

  it('is the installed packages that Holdfast needs, each name once, the largest first', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['zod', 'rxjs', 'uuid']));
    expect(names).not.toContain('jest');
    expect(new Set(names).size).toBe(names.length);
    expect(packages.map(({ bytes }) => bytes)).toEqual(packages.map(({ bytes }) => bytes).toSorted((a, b) => b - a));
  });

  it('leaves out the packages installed inside a package', () => {
    const inside = packages.flatMap(({ folder }) => filesOf(folder).filter((file) => file.slice(folder.length).includes('/node_modules/')));
    expect(inside).toEqual([]);
  });

  it('is found beside the package when Holdfast is installed, and inside it when a clone; of two versions the nearer one counts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-material-'));
    const install = (path: string, dependencies: Readonly<Record<string, string>>, version = '1.0.0'): void => {
      mkdirSync(join(folder, path), { recursive: true });
      writeFileSync(join(folder, path, 'package.json'), JSON.stringify({ version, dependencies }));
    };
    install('node_modules/holdfast', { near: '*', beside: '*', missing: '*' });
    install('node_modules/beside', { near: '*' });
    install('node_modules/beside/node_modules/near', {}, '2.0.0');
    install('node_modules/holdfast/node_modules/near', { far: '*' });
    install('node_modules/far', {});
    const found = installedPackages(join(folder, 'node_modules/holdfast'));
    rmSync(folder, { recursive: true });
    expect(found.map(({ name, version }) => `${name} ${version}`).toSorted()).toEqual(['beside 1.0.0', 'far 1.0.0', 'near 1.0.0']);
  });

  it('packs to the same checksum every time, and counts every file', async () => {
    const small = packages.at(-1)?.folder ?? '';
    const packed = await pack(small);
    expect(packed).toEqual(await pack(small));
    expect(packed).toMatchObject({ files: filesOf(small).length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('makes 25 tasks, eight of them with a part in the story, each on a folder of its own', () => {
    const plan = plannedTasks(packages);
    expect(plan).toHaveLength(TASK_COUNT);
    expect(plan.flatMap(({ part }) => part ?? []).toSorted()).toEqual(['failing', 'first', 'frozen', 'library', 'loop', 'second', 'silent', 'third']);
    expect(new Set(plan.map(({ input }) => input.folder)).size).toBe(TASK_COUNT);
  });

  it('says what it needs when too little is installed', () => {
    expect(() => plannedTasks(packages.slice(0, 3))).toThrow('expected 23 installed packages to work on, saw 3; run npm ci');
  });
});
