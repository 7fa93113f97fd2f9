import { z } from 'zod';
import type { Board } from '../../../board/board.ts';
import { EXIT } from '../exits.ts';
import type { Cast } from './cast.ts';
import { findingsOf, type Finding } from './finding.ts';
import { eventsOf } from './isA.ts';
import type { CreatedTasks } from './tasks.ts';

/** What `holdfast verify --json` says. */
const Verified = z.object({ data: z.object({ ok: z.boolean(), views: z.object({ rows: z.int(), different: z.int() }) }) });

export type Curtain = { readonly findings: readonly Finding[]; readonly pages: readonly string[]; readonly line: string };

type Options = { readonly board: Board; readonly cast: Cast; readonly tasks: CreatedTasks };

/** The board as its own commands show it, and whether log and views agree with each other and with what the demo says. */
export const curtain = async ({ board, cast, tasks }: Options): Promise<Curtain> => {
  const shown = [
    ['list'],
    ...[tasks.silent, tasks.frozen].flatMap((id) => [
      ['history', id],
      ['why', id],
    ]),
  ];
  const run = async (args: readonly string[]) => {
    const actor = cast.holdfast(args.join('-'), [...args, '--board', board.name]);
    const { code } = await actor.exit;
    return { title: `holdfast ${args.join(' ')}`, code, text: actor.output() };
  };
  const [verified, ...pages] = await Promise.all([run(['verify', '--json']), ...shown.map((args) => run(args))]);
  const histories = await Promise.all(tasks.all.map(async (id) => ({ history: await board.history(id), status: (await board.load(id)).status })));
  const doneOnce = histories.filter(({ history, status }) => status === 'done' && eventsOf('TaskCompleted', history).length === 1).length;
  const gaveUp = histories.filter(({ history }) => eventsOf('TaskGaveUp', history).length === 1).length;
  const read = Verified.safeParse(JSON.parse(verified?.text || 'null'));
  const equal = read.success && read.data.data.views.rows > 0 && read.data.data.views.different === 0;
  const sound = read.success && read.data.data.ok && verified?.code === EXIT.ok;
  const count = tasks.all.length;
  const findings = findingsOf('', [
    [`${count - 1} of ${count} done once, 1 given up`, doneOnce === count - 1 && gaveUp === 1, `${doneOnce} and ${gaveUp}`],
    ['the log folded anew to be equal to the views', equal, verified?.text],
    ['verify to find every checksum, chain and event sound', sound, verified?.text],
    ['every command to exit 0', pages.every(({ code }) => code === EXIT.ok), pages.map(({ title, code }) => `${title}: ${code}`)],
  ]);
  const line = `${doneOnce} of ${count} done once, ${gaveUp} given up · log refold ${equal ? '=' : '≠'} views · verify ${sound ? 'ok' : 'FAILED'}`;
  return { findings, line, pages: pages.map(({ title, text }) => `$ ${title}\n${text.trimEnd()}`) };
};
