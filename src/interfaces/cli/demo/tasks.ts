import { join } from 'node:path';
import { z } from 'zod';
import type { Board } from '../../../board/board.ts';
import { installedPackages, type Material } from './material.ts';

/** The tasks with a part in the story; all others are ordinary ones. */
export const PARTS = ['silent', 'frozen', 'library', 'failing', 'loop', 'first', 'second', 'third'] as const;
/** Each of these waits for the one before it. */
export const CHAIN = ['first', 'second', 'third'] as const;
export type Part = (typeof PARTS)[number];

/** `first_run`: how the first run goes. `silent` and `talking` ones go on until somebody ends them, so that there is time to do it. */
export const DemoInput = z.object({ folder: z.string(), first_run: z.enum(['ends', 'silent', 'talking']) });
export type DemoInput = z.output<typeof DemoInput>;

type PlannedTask = {
  readonly part: Part | null;
  readonly title: string;
  readonly labels: readonly string[];
  readonly priority: number;
  readonly assignee: string | null;
  /** The task that must be done before. */
  readonly after: Part | null;
  readonly input: DemoInput;
};

export const TASK_COUNT = 25;
/** The worker who asks and is not answered; nobody else may have its task. */
export const ASKING_WORKER = 'fay';
/** Tasks of this label are for the library worker until it has had one. */
export const LIBRARY_LABEL = 'library';

/** 25 tasks, the ones of the story first. @throws when fewer packages are installed than the demo needs, which `npm ci` mends */
export const plannedTasks = (packages: readonly Material[] = installedPackages()): readonly PlannedTask[] => {
  const wanted = TASK_COUNT - WITHOUT_PACKAGE;
  const chosen = packages.slice(0, wanted);
  if (chosen.length < wanted) throw new Error(`expected ${wanted} installed packages to work on, saw ${chosen.length}; run npm ci`);
  // The small ones have parts: what matters of them is how they end.
  const [silent, frozen, library, one, two, three, ...ordinary] = chosen.toReversed();
  const [first] = packages;
  if (!silent || !frozen || !library || !one || !two || !three || !first) return [];
  const missing = { ...first, name: 'a package that is not there', folder: join(first.folder, 'not-there') };
  const unnamed = { ...first, name: 'a package that nobody named', folder: join(first.folder, 'not-named') };
  return [
    planned(library, { part: 'library', labels: [LIBRARY_LABEL] }),
    planned(silent, { part: 'silent', first_run: 'silent' }),
    planned(frozen, { part: 'frozen', first_run: 'talking' }),
    { ...planned(missing, { part: 'failing' }), title: `Pack ${missing.name}` },
    { ...planned(unnamed, { part: 'loop' }), title: `Pack ${unnamed.name}`, assignee: ASKING_WORKER },
    planned(one, { part: 'first' }),
    planned(two, { part: 'second', after: 'first' }),
    planned(three, { part: 'third', after: 'second' }),
    ...ordinary.toReversed().map((material) => planned(material, { part: null })),
  ];
};

/** The one that always fails, and the one that is never begun. */
const WITHOUT_PACKAGE = 2;

type Casting = { readonly part: Part | null; readonly labels?: readonly string[]; readonly first_run?: DemoInput['first_run']; readonly after?: Part };

const planned = ({ name, version, folder }: Material, { part, labels = [], first_run = 'ends', after }: Casting): PlannedTask => ({
  part,
  title: `Pack ${name} ${version}`,
  labels,
  priority: part === null ? 0 : 1,
  assignee: null,
  after: after ?? null,
  input: { folder, first_run },
});

/** What the board calls the tasks of the story, and all of them in order. */
export type CreatedTasks = { readonly [Name in Part]: string } & { readonly all: readonly string[] };

/** @throws when the board refuses one */
export const createTasks = async (board: Board, plan: readonly PlannedTask[]): Promise<CreatedTasks> => {
  const ids: { readonly part: Part | null; readonly task_id: string }[] = [];
  const idOf = (wanted: Part | null): string => ids.find(({ part }) => part !== null && part === wanted)?.task_id ?? '';
  for (const { part, after, ...task } of plan) {
    const answer = await board.create({ ...task, labels: [...task.labels], parents: after === null ? [] : [idOf(after)] });
    if (!answer.ok) throw new Error(`expected the board to take ‘${task.title}’, saw ${answer.message}`);
    ids.push({ part, task_id: answer.task_id });
  }
  return {
    all: ids.map(({ task_id }) => task_id),
    silent: idOf('silent'),
    frozen: idOf('frozen'),
    library: idOf('library'),
    failing: idOf('failing'),
    loop: idOf('loop'),
    first: idOf('first'),
    second: idOf('second'),
    third: idOf('third'),
  };
};
