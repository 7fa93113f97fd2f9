import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseVerb, splitVerb } from '../../src/interfaces/cli/line/parse.ts';
import { VERBS } from '../../src/interfaces/cli/verbs.ts';

const guide = readFileSync(new URL('../../docs/production.md', import.meta.url), 'utf8');

/** `holdfast …` in console blocks and in `code`, also inside of docker. */
const lines = [...guide.matchAll(/^\$ .*?\b(holdfast (?:doctor|verify|copy|create|list|work)\b.*)$/gm), ...guide.matchAll(/`(holdfast [a-z][^`\n]*)`/g)].map(
  ([, line = '']) => line.replace(/\s+#.*$/, ''),
);
const words = (line: string): readonly string[] => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

describe('the production guide', () => {
  it.each(lines)('types what is understood: %s', (line) => {
    const { name, argv } = splitVerb(words(line).slice(1), Object.keys(VERBS));
    const verb = VERBS[name];
    if (verb === undefined) throw new Error(`no verb ${name}`);
    if (verb.rest === undefined || argv.length > 0) expect(() => parseVerb(name, verb, argv)).not.toThrow();
  });

  it('shows the verbs that look after a store', () => {
    expect(['doctor', 'verify', 'copy'].filter((verb) => lines.some((line) => line.startsWith(`holdfast ${verb}`)))).toHaveLength(3);
  });
});
