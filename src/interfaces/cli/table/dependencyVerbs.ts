import { PARENTS, REASON, TIME, WRITING_OPTIONS } from '../line/options.ts';
import type { VerbTable } from '../line/verb.ts';

/** What tasks wait for: each other, and a time. */
export const dependencyVerbs: VerbTable = {
  link: {
    summary: 'let a task wait until its parents are done or archived; a cycle is refused',
    takes: ['ID'],
    needs: '--parent ID',
    options: { parent: PARENTS, ...WRITING_OPTIONS },
    examples: ['holdfast link t_8M2N4RW9YB --parent t_7K3M9QX2VD'],
    load: async () => (await import('../verbs/dependencies.ts')).link,
  },
  unlink: {
    summary: 'let a task no longer wait for these parents; ready when it was the last one',
    takes: ['ID'],
    needs: '--parent ID',
    options: { parent: PARENTS, reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast unlink t_8M2N4RW9YB --parent t_7K3M9QX2VD'],
    load: async () => (await import('../verbs/dependencies.ts')).unlink,
  },
  promote: {
    summary: 'make waiting or scheduled tasks ready now; while a parent is not finished, a waiting one is refused, a scheduled one waits for it',
    takes: ['ID...'],
    options: { reason: REASON, force: { kind: 'flag', means: 'without waiting for parents that are not finished' }, ...WRITING_OPTIONS },
    examples: ['holdfast promote t_8M2N4RW9YB', 'holdfast promote t_8M2N4RW9YB --force --reason "the rest can wait"'],
    load: async () => (await import('../verbs/dependencies.ts')).promote,
  },
  schedule: {
    summary: 'let tasks wait until a time; then they are ready, or wait for their parents',
    takes: ['ID...'],
    needs: '--until TIME',
    options: { until: TIME, reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast schedule t_8M2N4RW9YB --until 2030-11-22T06:00:00Z', 'holdfast schedule t_8M2N4RW9YB --until 2030-11-22T08:00+02:00'],
    load: async () => (await import('../verbs/dependencies.ts')).schedule,
  },
};
