import { LIMITS } from '../line/limits.ts';
import { AT, LABELS, PARENTS, REASON, TIME, WRITING_OPTIONS } from '../line/options.ts';
import type { VerbTable } from '../line/verb.ts';

const STATUSES = ['triage', 'todo', 'scheduled', 'ready', 'running', 'blocked', 'done', 'archived'] as const;
const PRIORITY = { kind: 'integer', value: 'N', means: '-1000 … 1000; the highest is claimed first' } as const;
const BODY = { kind: 'text', value: 'TEXT', means: 'everything a worker must know' } as const;
const INPUT = { kind: 'json', value: 'JSON', means: 'what a worker parses, at most 64 KiB' } as const;
const FORCE = { kind: 'flag', means: 'do not wait until the worker has been stopped' } as const;
const LIST = {
  label: LABELS,
  assignee: { kind: 'text', value: 'NAME', means: 'only tasks assigned to NAME' },
  limit: { kind: 'integer', value: 'N', means: 'at most so many (default 50)' },
} as const;

/** What people do with tasks, and what they read. */
export const taskVerbs: VerbTable = {
  create: {
    summary: 'add a task',
    takes: ['TITLE'],
    options: {
      body: BODY,
      input: INPUT,
      label: LABELS,
      assignee: { kind: 'text', value: 'NAME', means: 'only this worker may claim it' },
      priority: PRIORITY,
      status: { kind: 'text', value: 'STATUS', means: 'how it begins (default: ready)', choices: ['ready', 'triage', 'blocked'] },
      parent: PARENTS,
      'schedule-until': TIME,
      'idempotency-key': { kind: 'text', value: 'KEY', means: 'one task per key and board, for ever' },
      ...LIMITS,
      quiet: { kind: 'flag', short: 'q', means: 'print the id only' },
      ...WRITING_OPTIONS,
    },
    examples: [
      'holdfast create "Say hi"',
      `holdfast create "Pack modules" --label pack --priority 5 --input '{"files":["a","b"]}'`,
      'id=$(holdfast create -q "Say hi")',
      'holdfast create "Ship it" --parent t_7K3M9QX2VD --parent t_8M2N4RW9YB',
    ],
    load: async () => (await import('../verbs/create.ts')).create,
  },
  edit: {
    summary: 'change what a task says',
    takes: ['ID'],
    options: {
      title: { kind: 'text', value: 'TEXT', means: 'a new title' },
      body: BODY,
      input: INPUT,
      label: LABELS,
      priority: PRIORITY,
      ...LIMITS,
      ...WRITING_OPTIONS,
    },
    examples: ['holdfast edit t_7K3M9QX2VD --priority 9', 'holdfast edit t_7K3M9QX2VD --title "Pack all modules" --lease 5m'],
    load: async () => (await import('../verbs/edit.ts')).edit,
  },
  assign: {
    summary: 'who may claim it; of a running task the run is taken back first',
    takes: ['ID', 'NAME'],
    options: { reason: REASON, force: FORCE, ...WRITING_OPTIONS },
    examples: ['holdfast assign t_7K3M9QX2VD ada', 'holdfast assign t_7K3M9QX2VD none'],
    load: async () => (await import('../verbs/operate.ts')).assign,
  },
  comment: {
    summary: 'say something about a task',
    takes: ['ID', 'TEXT'],
    options: { ...WRITING_OPTIONS },
    examples: ['holdfast comment t_7K3M9QX2VD "the fixtures moved to test/data"'],
    load: async () => (await import('../verbs/edit.ts')).comment,
  },
  unblock: {
    summary: 'let blocked tasks go on; lifts a breaker too',
    takes: ['ID...'],
    options: { reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast unblock t_7K3M9QX2VD --reason "use the files of main"'],
    load: async () => (await import('../verbs/operate.ts')).unblock,
  },
  reclaim: {
    summary: 'take running tasks back: revoke, stop, then ready',
    takes: ['ID...'],
    options: { reason: REASON, force: FORCE, ...WRITING_OPTIONS },
    examples: ['holdfast reclaim t_7K3M9QX2VD --reason "wrong branch"'],
    load: async () => (await import('../verbs/operate.ts')).reclaim,
  },
  cancel: {
    summary: 'end tasks for good: revoke and stop what runs, then archived',
    takes: ['ID...'],
    options: { reason: REASON, force: FORCE, ...WRITING_OPTIONS },
    examples: ['holdfast cancel t_7K3M9QX2VD --reason "not needed any more"'],
    load: async () => (await import('../verbs/operate.ts')).cancel,
  },
  archive: {
    summary: 'put tasks away',
    takes: ['ID...'],
    options: { reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast archive t_7K3M9QX2VD t_8M2N4RW9YB'],
    load: async () => (await import('../verbs/operate.ts')).archive,
  },
  reopen: {
    summary: 'make done or archived tasks ready again',
    takes: ['ID...'],
    options: { reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast reopen t_7K3M9QX2VD --reason "the tests were skipped"'],
    load: async () => (await import('../verbs/operate.ts')).reopen,
  },
  list: {
    summary: 'the tasks of the board',
    takes: [],
    options: {
      status: { kind: 'text', value: 'STATUS', many: true, means: 'only these (default: all but archived)', choices: STATUSES },
      worker: { kind: 'text', value: 'NAME', means: 'only what NAME holds' },
      parent: { kind: 'text', value: 'ID', means: 'only the tasks that wait for ID' },
      ...LIST,
      after: { kind: 'text', value: 'CURSOR', means: 'the next page: the cursor of the page before' },
      at: AT,
    },
    examples: ['holdfast list', 'holdfast list --status running --json', 'holdfast list --at 2026-11-21T09:05:00Z'],
    load: async () => (await import('../verbs/list.ts')).list,
  },
  ready: {
    summary: 'what can be claimed now, in the order in which it would be',
    takes: [],
    options: { ...LIST, explain: { kind: 'flag', means: 'every task that is ready or waits: for what, and what to type about it' } },
    examples: ['holdfast ready', 'holdfast ready --label pack', 'holdfast ready --explain'],
    load: async () => (await import('../verbs/ready.ts')).ready,
  },
  show: {
    summary: 'a task with its run, lease and limits',
    takes: ['ID...'],
    options: { at: AT },
    examples: ['holdfast show t_7K3M9QX2VD', 'holdfast show t_7K3M9QX2VD --at 4'],
    load: async () => (await import('../verbs/show.ts')).show,
  },
  runs: {
    summary: 'every run of a task: who, when, how it ended, how often it beat',
    takes: ['ID'],
    options: {},
    examples: ['holdfast runs t_7K3M9QX2VD'],
    load: async () => (await import('../verbs/runs.ts')).runs,
  },
  history: {
    summary: 'every event of a task, with who said so',
    takes: ['ID'],
    options: { all: { kind: 'flag', means: 'each heartbeat and extension on a line of its own' }, at: AT },
    examples: ['holdfast history t_7K3M9QX2VD', 'holdfast history t_7K3M9QX2VD --at 12 --all'],
    load: async () => (await import('../verbs/history.ts')).history,
  },
  why: {
    summary: 'why runs of a task ended other than by completion, with the evidence',
    takes: ['ID'],
    options: { run: { kind: 'integer', value: 'N', means: 'only this run' } },
    examples: ['holdfast why t_7K3M9QX2VD', 'holdfast why t_7K3M9QX2VD --run 2 --json'],
    load: async () => (await import('../verbs/why.ts')).why,
  },
  log: {
    summary: 'what a run of holdfast work or run wrote, kept on the host where it ran',
    takes: ['ID'],
    options: {
      run: { kind: 'integer', value: 'N', means: 'which run (default: the last)' },
      follow: { kind: 'flag', short: 'f', means: 'go on with what it writes, until the run is over' },
    },
    examples: ['holdfast log t_7K3M9QX2VD', 'holdfast log t_7K3M9QX2VD --run 1 --json', 'holdfast log t_7K3M9QX2VD --follow'],
    load: async () => (await import('../verbs/log.ts')).log,
  },
  events: {
    summary: 'what happened on the board, as it is stored; NDJSON with --json',
    takes: [],
    options: {
      after: { kind: 'text', value: 'CURSOR', means: 'start, now, or the cursor of an earlier line (default: start)' },
      follow: { kind: 'flag', short: 'f', means: 'go on with what happens next' },
      limit: { kind: 'integer', value: 'N', means: 'end after so many events' },
      type: { kind: 'text', value: 'TYPE', many: true, means: 'only these event types' },
      task: { kind: 'text', value: 'ID', many: true, means: 'only these tasks' },
    },
    examples: [
      'holdfast events --follow',
      'holdfast events --follow --type TaskReclaimed --limit 1',
      'holdfast events --json --after now --follow --type TaskReclaimed --type TaskGaveUp',
    ],
    load: async () => (await import('../verbs/events.ts')).events,
  },
};
