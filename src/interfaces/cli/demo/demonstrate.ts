import type { Board } from '../../../board/board.ts';
import { openHoldfast } from '../../../compose.ts';
import type { ProcessTable } from '../../../platform/processes.ts';
import { processProbe } from '../../../watchdog/probe.ts';
import type { Call } from '../call.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exits.ts';
import { LIBRARY_WORKER, type Stage } from './acts.ts';
import { castIn, type Cast } from './cast.ts';
import { curtain, type Curtain } from './curtain.ts';
import { findingsOf, type Finding } from './finding.ts';
import { storyFindings } from './findings.ts';
import { narrator } from './narrator.ts';
import { endOrphans } from './orphans.ts';
import { play } from './play.ts';
import { SHRUNKEN } from './policy.ts';
import { createTasks, plannedTasks, type CreatedTasks } from './tasks.ts';
import { witness, type Unmet } from './witness.ts';

/** The stories end by then (ms), or the demo says what it still waits for. */
const LIMIT_MS = 50_000;

type Options = {
  readonly call: Pick<Call, 'io' | 'actor'>;
  /** With room for a board that is not there yet. */
  readonly store: string;
  readonly folder: string;
  readonly board: string;
  readonly processes: ProcessTable;
  readonly say: (text: string) => void;
};

type Demonstrated = Curtain & { readonly tasks: CreatedTasks };

/** Plays the demo on a fresh board and looks at what is so afterwards. undefined: stopped before its end. Leaves no process behind, whatever happens. */
export const demonstrate = async (options: Options): Promise<Demonstrated | undefined> => {
  const { io, actor } = options.call;
  const { board, close } = await openHoldfast({ store: options.store, board: options.board, actor, surface: 'cli', create: true, clock: io.clock });
  const cast = castIn({ folder: options.folder, store: options.store, env: io.env, clock: io.clock });
  try {
    const { stage, findings } = await played(options, board, cast);
    if (io.stopped().aborted) return undefined;
    const end = await curtain({ store: options.store, board, cast, tasks: stage.tasks });
    return io.stopped().aborted ? undefined : { ...end, findings: [...findings, ...end.findings], tasks: stage.tasks };
  } finally {
    await cast.dismiss();
    await close();
  }
};

const played = async ({ call: { io }, processes, say }: Omit<Options, 'board'>, board: Board, cast: Cast) => {
  const { clock } = io;
  const began = clock.now();
  if ((await board.state()).exists) throw new UsageError(`The demo wants a fresh board, and there is a board ${board.name} already`, { board: board.name });
  const made = await board.change({ type: 'CreateBoard', board: board.name, policy: SHRUNKEN });
  if (!made.ok) throw new Error(made.message);
  const tasks = await createTasks(board, plannedTasks());
  const over = new AbortController();
  const signal = AbortSignal.any([io.stopped(), over.signal]);
  void clock.sleep(LIMIT_MS, signal).then(() => over.abort(`${LIMIT_MS / 1000} s`));
  const { event, deed } = narrator({ say, began, now: () => clock.now(), tasks });
  const eyes = witness({ board, signal, tell: event });
  eyes.done.catch((error: unknown) => over.abort(error));
  const stage: Stage = { board: board.name, tasks, witness: eyes, cast, probe: processProbe({ processes }), deed, giveUp: (why) => over.abort(why) };
  const atExit = (): void => {
    cast.signalAll(); // such as when nobody reads what we say any more
    endOrphans(eyes.events(), processes);
  };
  process.once('exit', atExit);
  try {
    const unmet = await play(stage);
    await cast.dismiss();
    return {
      stage,
      findings: [...unmetFindings(unmet), ...(await storyFindings(stage, board)), ...endFindings(cast, await orphansOf(stage, board, processes))],
    };
  } finally {
    over.abort('the demo is over');
    await cast.dismiss();
    await orphansOf(stage, board, processes);
    process.off('exit', atExit);
  }
};

const orphansOf = async ({ tasks }: Stage, board: Board, processes: ProcessTable): Promise<readonly number[]> => {
  const histories = await Promise.all(tasks.all.map((id) => board.history(id)));
  return endOrphans(histories.flat(), processes);
};

const unmetFindings = (unmet: readonly Unmet[]): readonly Finding[] => unmet.map(({ expected, seen }) => ({ act: '', expected, seen, ok: false }));

const endFindings = (cast: Cast, orphans: readonly number[]): readonly Finding[] => {
  const ends = cast.actors().map((actor) => ({ name: actor.name, code: actor.ended()?.code, signal: actor.ended()?.signal }));
  const killed = ends.filter(({ signal }) => signal === 'SIGKILL');
  const others = ends.filter(({ name, signal }) => name !== LIBRARY_WORKER && signal !== 'SIGKILL');
  return findingsOf('', [
    ['no child left behind', orphans.length === 0, orphans],
    [
      'one supervisor killed; the others, and the watchdog, end when told to, with exit 0',
      killed.length === 1 && others.every(({ code }) => code === EXIT.ok),
      ends,
    ],
  ]);
};
