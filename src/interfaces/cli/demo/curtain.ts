import { z } from 'zod';
import type { Board } from '../../../board/board.ts';
import { EXIT } from '../exits.ts';
import { shownAddress } from '../../../platform/shownAddress.ts';
import type { Cast } from './cast.ts';
import { findingsOf, type Finding } from './finding.ts';
import { QUESTIONS } from './acts.ts';
import { eventsOf } from './eventsOf.ts';
import { ACTS } from './narrator.ts';
import type { CreatedTasks } from './tasks.ts';

/** What `holdfast verify --json` says. */
const Verified = z.object({ data: z.object({ ok: z.boolean(), views: z.object({ rows: z.int(), different: z.int() }) }) });

/** What `holdfast diagnostics --json` says, as far as the demo looks at it. */
const Diagnosed = z.object({
  data: z.object({ diagnostics: z.array(z.object({ kind: z.string(), task_id: z.string(), count: z.int(), facts: z.record(z.string(), z.unknown()) })) }),
});

export type Curtain = { readonly findings: readonly Finding[]; readonly pages: readonly string[]; readonly line: string };

type Options = { readonly store: string; readonly board: Board; readonly cast: Cast; readonly tasks: CreatedTasks };

/** The board as its own commands show it, and whether log and views agree with each other and with what the demo says. */
export const curtain = async ({ store, board, cast, tasks }: Options): Promise<Curtain> => {
  const shown = [
    ['list'],
    ['diagnostics'],
    ...[tasks.silent, tasks.frozen].flatMap((id) => [
      ['history', id],
      ['why', id],
    ]),
  ];
  // With --store, so that the hints they print work from any folder. An address with a password stays in the environment.
  const place = shownAddress(store) === store ? ['--store', store] : [];
  const run = async (args: readonly string[]) => {
    const actor = cast.holdfast(args.join('-'), [...args, ...place, '--board', board.name]);
    const { code } = await actor.exit;
    return { title: `holdfast ${args.join(' ')}`, code, text: actor.output() };
  };
  const [verified, diagnosed, ...pages] = await Promise.all([run(['verify', '--json']), run(['diagnostics', '--json']), ...shown.map((args) => run(args))]);
  const histories = await Promise.all(tasks.all.map(async (id) => ({ history: await board.history(id), status: (await board.load(id)).status })));
  const doneOnce = histories.filter(({ history, status }) => status === 'done' && eventsOf('TaskCompleted', history).length === 1).length;
  const gaveUp = histories.filter(({ history }) => eventsOf('TaskGaveUp', history).length === 1).length;
  const read = Verified.safeParse(JSON.parse(verified?.text || 'null'));
  const equal = read.success && read.data.data.views.rows > 0 && read.data.data.views.different === 0;
  const sound = read.success && read.data.data.ok && verified?.code === EXIT.ok;
  const count = tasks.all.length;
  const told = diagnosesOf(diagnosed?.text);
  const saysOf = (task_id: string): string => told.flatMap((each) => (each.task_id === task_id ? [each.kind] : [])).join();
  const looping = told.find(({ kind }) => kind === 'block_unblock_cycling');
  const loops = told.filter(({ kind }) => kind === 'block_unblock_cycling').length;
  const findings = [
    ...findingsOf(ACTS.library, [['diagnosed as a false reclaim: its worker delivered after all', saysOf(tasks.library) === 'false_reclaim', told]]),
    ...findingsOf(ACTS.failing, [['diagnosed as repeated failures', saysOf(tasks.failing) === 'repeated_failures', told]]),
    ...findingsOf(ACTS.loop, [
      ['diagnosed as a block loop', saysOf(tasks.loop) === 'block_unblock_cycling' && looping?.count === QUESTIONS.length, told],
      ['with the reasons given, newest first', sameReasons(looping?.facts['reasons']), looping?.facts['reasons']],
    ]),
    ...findingsOf('', [
      [
        `${count - 2} of ${count} done once, 1 given up, 1 in a block loop`,
        doneOnce === count - 2 && gaveUp === 1 && loops === 1,
        `${doneOnce}, ${gaveUp} and ${loops}`,
      ],
      ['the log folded anew to be equal to the views', equal, verified?.text],
      ['verify to find every checksum, chain and event sound', sound, verified?.text],
      ['every command to exit 0', pages.every(({ code }) => code === EXIT.ok), pages.map(({ title, code }) => `${title}: ${code}`)],
    ]),
  ];
  const line = `${doneOnce} of ${count} done once, ${gaveUp} given up, ${loops} in a block loop · log refold ${equal ? '=' : '≠'} views · verify ${sound ? 'ok' : 'FAILED'}`;
  return { findings, line, pages: pages.map(({ title, text }) => `$ ${title}\n${text.trimEnd()}`) };
};

const diagnosesOf = (text: string | undefined) => {
  const read = Diagnosed.safeParse(JSON.parse(text || 'null'));
  return read.success ? read.data.data.diagnostics : [];
};

const sameReasons = (reasons: unknown): boolean =>
  Array.isArray(reasons) &&
  reasons.join() ===
    QUESTIONS.toReversed()
      .map((question) => `needs_input: ${question}`)
      .join();
