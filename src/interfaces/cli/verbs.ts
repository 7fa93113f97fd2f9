import { boardVerbs } from './table/boardVerbs.ts';
import { dependencyVerbs } from './table/dependencyVerbs.ts';
import { taskVerbs } from './table/taskVerbs.ts';
import { workerVerbs } from './table/workerVerbs.ts';
import type { VerbTable } from './line/verb.ts';

/** The one table of what can be typed: parser, help and completion follow it. */
export const SECTIONS: readonly { readonly title: string; readonly verbs: VerbTable }[] = [
  { title: 'Workers', verbs: workerVerbs },
  { title: 'Tasks', verbs: taskVerbs },
  { title: 'What tasks wait for', verbs: dependencyVerbs },
  { title: 'Board', verbs: boardVerbs },
];

export const VERBS: VerbTable = { ...workerVerbs, ...taskVerbs, ...dependencyVerbs, ...boardVerbs };
