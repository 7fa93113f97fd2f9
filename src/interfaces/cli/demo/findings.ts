import type { Board, StoredTaskEvent } from '../../../board/board.ts';
import { elapsed } from '../../../domain/instant.ts';
import type { ProcessProbe } from '../../../domain/processPorts.ts';
import type { TaskState } from '../../../domain/task/state.ts';
import { EXIT } from '../exits.ts';
import { LIBRARY_WORKER, QUESTIONS, type Stage } from './acts.ts';
import type { Actor } from './cast.ts';
import { findingsOf, type Finding } from './finding.ts';
import { eventsOf } from './eventsOf.ts';
import { libraryLines } from './libraryLines.ts';
import { ACTS } from './narrator.ts';
import { SHRUNKEN } from './policy.ts';
import { CHAIN } from './tasks.ts';

type History = readonly StoredTaskEvent[];

const typesOf = (history: History): string => history.map(({ type }) => type).join(' ');

/** Whether the child that Holdfast started for a task's first run is gone. */
const gone = (history: History, probe: ProcessProbe): boolean => {
  const [started] = eventsOf('WorkerStarted', history);
  return started !== undefined && probe.look({ process: null, started: started.data }).process === 'dead';
};

const doneInRun2 = (history: History) => {
  const [completed, ...more] = eventsOf('TaskCompleted', history);
  return ['done once, in run 2', completed?.data.run === 2 && more.length === 0, typesOf(history)] as const;
};

const byAnother = (history: History) => {
  const [first, second] = eventsOf('TaskClaimed', history).map(({ data }) => data.worker);
  return ['run 2 was another worker’s', second !== undefined && first !== second, [first, second]] as const;
};

const silentFindings = (history: History, probe: ProcessProbe): readonly Finding[] => {
  const [reclaimed, ...more] = eventsOf('TaskReclaimed', history);
  const beats = eventsOf('HeartbeatRecorded', history).filter(({ data }) => data.run === 1);
  const { process, supervisor, looked_at } = reclaimed?.data.evidence.probe ?? {};
  return findingsOf(ACTS.silent, [
    ['no beat of the silent run', beats.length === 0, `${beats.length} beats`],
    ['reclaimed once, supervisor_lost', reclaimed?.data.reason === 'supervisor_lost' && more.length === 0, typesOf(history)],
    ['judged with the child alive and its supervisor dead', process === 'alive' && supervisor === 'dead', looked_at],
    ['judged and stopped by the watchdog', reclaimed?.metadata.actor.kind === 'system', reclaimed?.metadata.actor],
    ['its child seen gone, then and now', reclaimed?.data.stop?.confirmed === true && gone(history, probe), reclaimed?.data.stop],
    ['no failure counted', reclaimed?.data.counts_as_failure === false, reclaimed?.data.counts_as_failure],
    byAnother(history),
    doneInRun2(history),
  ]);
};

const frozenFindings = (history: History, probe: ProcessProbe): readonly Finding[] => {
  const [revoked] = eventsOf('RunRevoked', history);
  const [reclaimed, ...more] = eventsOf('TaskReclaimed', history);
  const evidence = revoked?.data.evidence;
  const silence = evidence === undefined || evidence.last_heartbeat_at === null ? 0 : elapsed(evidence.last_heartbeat_at, evidence.judged_at);
  const signals = reclaimed?.data.stop?.signals.map(({ signal }) => signal);
  return findingsOf(ACTS.frozen, [
    [
      'revoked heartbeat_stale, with the supervisor alive',
      revoked?.data.reason === 'heartbeat_stale' && evidence?.probe.supervisor === 'alive',
      evidence?.probe,
    ],
    [`judged ${SHRUNKEN.heartbeat_max_stale_ms / 1000} s after its last beat or later`, silence >= SHRUNKEN.heartbeat_max_stale_ms, `${silence} ms`],
    ['stopped with SIGTERM, then SIGKILL', signals?.join() === 'SIGTERM,SIGKILL', signals],
    ['its child seen gone, then and now', reclaimed?.data.stop?.confirmed === true && gone(history, probe), reclaimed?.data.stop],
    ['reclaimed once, heartbeat_stale', reclaimed?.data.reason === 'heartbeat_stale' && more.length === 0, typesOf(history)],
    doneInRun2(history),
  ]);
};

const libraryFindings = (history: History, worker: Actor | undefined): readonly Finding[] => {
  const [claimed] = eventsOf('TaskClaimed', history);
  const [reclaimed, ...more] = eventsOf('TaskReclaimed', history);
  const [kept] = eventsOf('StaleCommandRefused', history);
  const said = libraryLines(worker?.output() ?? '');
  const sent = said.flatMap((line) => ('ready' in line ? [line.summary] : []));
  const answers = said.flatMap((line) => ('refused' in line ? [line.refused] : []));
  return findingsOf(ACTS.library, [
    ['its process recorded in TaskClaimed', claimed?.data.process?.pid === worker?.pid && worker !== undefined, claimed?.data.process],
    ['reclaimed once, heartbeat_stale', reclaimed?.data.reason === 'heartbeat_stale' && more.length === 0, typesOf(history)],
    ['judged with its process alive', reclaimed?.data.evidence.probe.process === 'alive', reclaimed?.data.evidence.probe],
    ['fenced, not killed', reclaimed?.data.stop === null, reclaimed?.data.stop],
    ['its complete refused StaleRun', answers.join() === 'StaleRun', answers],
    [`its exit code ${EXIT.fenced}`, worker?.ended()?.code === EXIT.fenced, worker?.ended()],
    ['its payload kept', kept?.data.command === 'CompleteTask' && kept.data.payload['summary'] === sent[0], kept?.data],
    byAnother(history),
    doneInRun2(history),
  ]);
};

const failingFindings = (history: History, task: TaskState): readonly Finding[] => {
  const failed = eventsOf('RunFailed', history);
  const gaveUp = eventsOf('TaskGaveUp', history);
  return findingsOf(ACTS.failing, [
    ['two runs failed, both counted', failed.length === 2 && failed.every(({ data }) => data.counts_as_failure), failed.map(({ data }) => data)],
    ['given up once, with the second failure', gaveUp.length === 1 && history.at(-1)?.type === 'TaskGaveUp', typesOf(history)],
    ['blocked by the breaker until a person acts', task.status === 'blocked' && task.blocked.by === 'breaker', task.status],
  ]);
};

const loopFindings = (history: History, task: TaskState): readonly Finding[] => {
  const asked = eventsOf('TaskBlocked', history).map(({ data }) => data.reason);
  return findingsOf(ACTS.loop, [
    [`blocked ${QUESTIONS.length} times, each time with a question`, asked.join() === QUESTIONS.join(), asked],
    ['let go on each time by a person', eventsOf('TaskUnblocked', history).every(({ metadata }) => metadata.actor.kind === 'human'), typesOf(history)],
    ['no failure counted, and ready again', task.status === 'ready' && task.failures === 0, task.status],
  ]);
};

const chainFindings = (histories: readonly History[]): readonly Finding[] => {
  const of = <Type extends StoredTaskEvent['type']>(type: Type) => histories.map((history) => eventsOf(type, history)[0]);
  const [claimed, promoted, completed] = [of('TaskClaimed'), of('TaskPromoted'), of('TaskCompleted')];
  const inOrder = completed.slice(1).every((_, n) => {
    const moments = [completed[n], promoted[n + 1], claimed[n + 1], completed[n + 1]].map((event) => event?.position);
    return moments.every((position, m) => position !== undefined && (m === 0 || position > (moments[m - 1] ?? position)));
  });
  const began = of('TaskCreated').map((event) => event?.data.status);
  return findingsOf(ACTS.third, [
    ['the second and the third began as todo', began.join() === 'ready,todo,todo', began],
    ['each promoted after the one before was done, then claimed, then done', inOrder, histories.map(typesOf)],
    [
      'promoted by the board, not by a person',
      promoted.slice(1).every((event) => event?.metadata.actor.kind === 'system'),
      promoted.map((event) => event?.metadata.actor),
    ],
  ]);
};

/** What the log and the processes say of the acts. */
export const storyFindings = async ({ tasks, probe, cast }: Stage, board: Pick<Board, 'history' | 'load'>): Promise<readonly Finding[]> => [
  ...silentFindings(await board.history(tasks.silent), probe),
  ...frozenFindings(await board.history(tasks.frozen), probe),
  ...libraryFindings(
    await board.history(tasks.library),
    cast.actors().find(({ name }) => name === LIBRARY_WORKER),
  ),
  ...failingFindings(await board.history(tasks.failing), await board.load(tasks.failing)),
  ...loopFindings(await board.history(tasks.loop), await board.load(tasks.loop)),
  ...chainFindings(await Promise.all(CHAIN.map((part) => board.history(tasks[part])))),
];
