import type { Severity } from '../../../projections/diagnostics/diagnostic.ts';
import { REASON, WRITING_OPTIONS } from '../line/options.ts';
import type { VerbTable } from '../line/verb.ts';

const SEVERITIES = ['warning', 'error', 'critical'] as const satisfies readonly Severity[];

/** What people do with the board, its store and its views. */
export const boardVerbs: VerbTable = {
  init: {
    summary: 'make a board here: .holdfast at the top of the repository, git-ignored',
    takes: [],
    options: {},
    examples: ['holdfast init', 'holdfast init --board nightly'],
    load: async () => (await import('../verbs/init.ts')).init,
  },
  where: {
    summary: 'store, board and policy in force, and where each value came from',
    takes: [],
    options: {},
    examples: ['holdfast where', 'holdfast where --json'],
    load: async () => (await import('../verbs/where.ts')).where,
  },
  'board create': {
    summary: 'add a board to the store',
    takes: ['NAME'],
    options: { set: { kind: 'text', value: 'KEY=VALUE', many: true, means: 'a policy value, such as claim_ttl=5m' }, ...WRITING_OPTIONS },
    examples: ['holdfast board create nightly', 'holdfast board create nightly --set claim_ttl=5m --set failure_limit=3'],
    load: async () => (await import('../verbs/board.ts')).boardCreate,
  },
  'board list': {
    summary: 'the boards of the store',
    takes: [],
    options: {},
    examples: ['holdfast board list'],
    load: async () => (await import('../verbs/board.ts')).boardList,
  },
  'board pause': {
    summary: 'no new claims until resumed; what runs goes on',
    takes: [],
    options: { reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast board pause --reason "deploying"'],
    load: async () => (await import('../verbs/board.ts')).boardPause,
  },
  'board resume': {
    summary: 'claims again',
    takes: [],
    options: { reason: REASON, ...WRITING_OPTIONS },
    examples: ['holdfast board resume'],
    load: async () => (await import('../verbs/board.ts')).boardResume,
  },
  'board policy': {
    summary: 'every duration and limit in force; --set and --unset change them',
    takes: [],
    options: {
      set: { kind: 'text', value: 'KEY=VALUE', many: true, means: 'such as claim_ttl=5m or failure_limit=3' },
      unset: { kind: 'text', value: 'KEY', many: true, means: 'back to the default' },
      ...WRITING_OPTIONS,
    },
    examples: ['holdfast board policy', 'holdfast board policy --set heartbeat_max_stale=30m --unset max_runtime'],
    load: async () => (await import('../verbs/board.ts')).boardPolicy,
  },
  serve: {
    summary: 'keep the views up to date and watch every claim of one board, until SIGTERM',
    takes: [],
    options: {},
    examples: ['holdfast serve', 'holdfast serve --board nightly'],
    load: async () => (await import('../verbs/serve.ts')).serve,
  },
  stats: {
    summary: 'how many tasks are in which status, whether the board is paused, and how many diagnostics there are',
    takes: [],
    options: {},
    examples: ['holdfast stats', 'holdfast stats --json'],
    load: async () => (await import('../verbs/stats.ts')).stats,
  },
  diagnostics: {
    summary: 'what a person should look at: since when, why, and what to type about it',
    takes: [],
    options: {
      severity: { kind: 'text', value: 'LEVEL', means: 'at least so severe (default: warning)', choices: SEVERITIES },
      task: { kind: 'text', value: 'ID', means: 'only this task' },
      follow: { kind: 'flag', short: 'f', means: 'go on with what is raised, changed and cleared; NDJSON with --json' },
    },
    examples: ['holdfast diagnostics', 'holdfast diagnostics --severity error --json', 'holdfast diagnostics --task t_7K3M9QX2VD'],
    load: async () => (await import('../verbs/diagnostics.ts')).diagnostics,
  },
  rebuild: {
    summary: 'make the views anew from the log',
    takes: [],
    options: {},
    examples: ['holdfast rebuild'],
    load: async () => (await import('../verbs/rebuild.ts')).rebuild,
  },
  verify: {
    summary: 'check every checksum, chain and event, and compare the log with the views',
    takes: [],
    options: { task: { kind: 'text', value: 'ID', means: 'only this task' } },
    examples: ['holdfast verify', 'holdfast verify --task t_7K3M9QX2VD'],
    load: async () => (await import('../verbs/verify.ts')).verify,
  },
  doctor: {
    summary: 'check the store, its views and who is waiting, and say what to mend; exit 1 when something fails',
    takes: [],
    options: { 'read-only': { kind: 'flag', means: 'append nothing and take no lock (for health checks)' } },
    examples: ['holdfast doctor', 'holdfast doctor --store /srv/board --json', 'holdfast doctor --read-only'],
    load: async () => (await import('../verbs/doctor.ts')).doctor,
  },
  copy: {
    summary: 'copy all boards of a store into another; run again to go on or to add what is new',
    takes: [],
    options: {
      from: { kind: 'text', value: 'STORE', means: 'what is copied (default: the store of --store)' },
      to: { kind: 'text', value: 'STORE', means: 'where to; a folder or .db file that is not there is made' },
    },
    examples: ['holdfast copy --from .holdfast --to ./backup', 'holdfast copy --to /srv/board.db --json'],
    load: async () => (await import('../verbs/copy.ts')).copy,
  },
  version: {
    summary: 'which version this is',
    takes: [],
    options: {},
    examples: ['holdfast version', 'holdfast --version'],
    load: async () => (await import('../verbs/version.ts')).showVersion,
  },
  demo: {
    summary: 'a minute of workers that die, hang and come back late, on a board of its own (--store: where to keep it)',
    takes: [],
    options: {},
    examples: ['holdfast demo', 'holdfast demo --store ./demo'],
    load: async () => (await import('../verbs/demo.ts')).demo,
  },
};
