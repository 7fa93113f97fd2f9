import { instantOf } from '../domain/instant.ts';
import type { Accepted, Refusal } from '../domain/task/answers.ts';
import type { CommandInputOf } from '../domain/task/commands.ts';
import type { Clock } from '../platform/clock.ts';
import { childrenOf, dueTasks, nominated, type Nomination } from './dependencies.ts';
import type { ReadModel } from './readModel.ts';
import type { Rows } from './views.ts';

export type Move = Nomination['move'];
type MoveOptions = {
  readonly command_id: string;
  readonly causation_id: string;
  readonly actor: { readonly kind: 'system'; readonly id: string };
};
/** `Board['execute']`, as far as waiting tasks need it. */
type DispatchMove = <Type extends Move>(command: { readonly type: Type } & CommandInputOf<Type>, options: MoveOptions) => Promise<Accepted[Type] | Refusal>;

/** Asks the board for what was nominated. Whoever else asks at the same time asks under the same id, and the board decides on the true streams. */
export const askFor = (dispatch: DispatchMove, { task_id, move, revision, cause }: Nomination, id: string): Promise<Accepted[Move] | Refusal> => {
  const options = { command_id: `${move}/${task_id}/${revision}/${cause}`, causation_id: cause, actor: { kind: 'system', id } } as const;
  return move === 'PromoteTask' ? dispatch({ type: move, task_id, by: 'gate' }, options) : dispatch({ type: move, task_id }, options);
};

const AT_ONCE = 256;
/** What follows from a command that is already answered may take so long (ms); what is not done by then is left to the next host of a promoter. */
const PATIENCE_MS = 10_000;
/** Where a promoter looks after the children of finished tasks, so many are remembered for `wake`; cut back to that when they are twice as many. */
const KEPT = 10_000;
const ID = 'board';

const ask = async (dispatch: DispatchMove, found: readonly Nomination[]): Promise<number> => {
  const answers = await Promise.all(found.map((nomination) => askFor(dispatch, nomination, ID)));
  return answers.filter((answer) => answer.ok && answer.repeated !== true).length;
};

type Given = { readonly readModel: () => Promise<ReadModel>; readonly board: string; readonly clock: Clock };
type Page = { readonly nominations: readonly Nomination[]; readonly next: string | undefined };

/** What a process does for waiting tasks by itself where it hosts no promoter: nothing is left waiting for a server that nobody runs (ADR). */
export const moves = ({ readModel, board, clock }: Given) => {
  let hosts = 0;
  let finished: string[] = [];
  let sweep: Promise<void> | undefined;

  const nominees = (rows: Rows, ids: readonly string[]): readonly Nomination[] => {
    const now = instantOf(clock.now());
    return ids.flatMap((id) => nominated(rows, board, id, now) ?? []);
  };
  const due = (rows: Rows): readonly Nomination[] => nominees(rows, dueTasks(rows, board, instantOf(clock.now()), AT_ONCE));
  const patience = async <Answer>(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> => {
    const [over, rest] = [new AbortController(), new AbortController()];
    void clock.sleep(PATIENCE_MS, rest.signal).then(() => over.abort());
    try {
      return await work(over.signal);
    } finally {
      rest.abort();
    }
  };
  const pageOf = (rows: Rows, parent: string, after: string): Page => {
    const ids = childrenOf(rows, parent, { after, limit: AT_ONCE });
    return { nominations: nominees(rows, ids), next: ids.length < AT_ONCE ? undefined : ids.at(-1) };
  };
  /** The children of everything that was finished so far, together. */
  const settle = (dispatch: DispatchMove): Promise<void> =>
    (sweep ??= patience(async (signal) => {
      const parents = finished;
      finished = [];
      await moveChildren(parents, dispatch, signal);
    })
      .catch(() => undefined)
      .finally(() => {
        sweep = undefined;
      }));
  const moveChildren = async (parents: readonly string[], dispatch: DispatchMove, signal: AbortSignal): Promise<void> => {
    const rows = await readModel();
    await rows.catchUp({ signal });
    for (const parent of parents) {
      for (let after: string | undefined = ''; after !== undefined && !signal.aborted;) {
        const from: string = after;
        const page: Page = await rows.peek((views) => pageOf(views, parent, from));
        await ask(dispatch, page.nominations);
        after = page.next;
      }
    }
  };
  return {
    /** A promoter of this process looks after the board from now on, until what is returned is called. */
    hosted: (): (() => void) => {
      hosts += 1;
      return () => {
        hosts -= 1;
      };
    },
    /**
     * The tasks that waited for this one, or may not go on without it any more; what is finished side by side is looked at together. It is not
     * what was asked for, so it never rejects: whoever hosts a promoter next makes up for it.
     */
    children: async (taskId: string, dispatch: DispatchMove): Promise<void> => {
      finished.push(taskId);
      if (hosts > 0) {
        if (finished.length > 2 * KEPT) finished = finished.slice(-KEPT);
        return;
      }
      while (finished.includes(taskId)) await settle(dispatch);
      await sweep;
    },
    /**
     * Called before a claim is told that there is nothing: lets scheduled tasks go on whose time has come, and the children of what was finished
     * here, which a promoter may not have come to yet. Whether it is worth looking for a task once more.
     */
    wake: async (dispatch: DispatchMove): Promise<boolean> => {
      const unsettled = finished.length > 0 || sweep !== undefined;
      while (finished.length > 0) await settle(dispatch);
      await sweep;
      const woken = await patience(async (signal) => ask(dispatch, await (await readModel()).read(due, { signal })));
      return unsettled || woken > 0;
    },
  };
};
export type Moves = ReturnType<typeof moves>;
