import { CAPS, LABELS, LEASE, REASON, WORKER_OPTIONS, WRITING_OPTIONS } from '../line/options.ts';
import type { VerbTable } from '../line/verb.ts';

const NOTE = { kind: 'text', value: 'TEXT', means: 'what you are doing, for people and for the next worker' } as const;
const PERCENT = { kind: 'number', value: '0…100', means: 'how far you are' } as const;
const CHECKPOINT = { kind: 'json', value: 'JSON', means: 'where the next run can go on, at most 16 KiB' } as const;
const HELD = { ...WORKER_OPTIONS, ...WRITING_OPTIONS };

/** What a worker says. */
export const workerVerbs: VerbTable = {
  claim: {
    summary: 'take a task: the one named, or with --next the ready one of the highest priority, then the oldest',
    takes: ['[ID]'],
    options: {
      next: { kind: 'flag', means: 'whatever is ready, unassigned or assigned to you' },
      lease: LEASE,
      wait: { kind: 'duration', value: '30s', means: 'with --next: wait so long for something to become ready' },
      label: LABELS,
      assignee: { kind: 'text', value: 'NAME', means: 'with --next: only tasks assigned to NAME' },
      pid: { kind: 'integer', value: 'N', means: 'the process that does the work; the watchdog looks whether it lives' },
      ...CAPS,
      force: { kind: 'flag', means: 'although a child of an earlier run is alive on this host' },
      export: {
        kind: 'flag',
        means: 'print shell exports; eval fails, with the exit code, when nothing was claimed: eval "$(holdfast claim --next --export)" || exit',
      },
      worker: WORKER_OPTIONS['worker'] ?? NOTE,
      ...WRITING_OPTIONS,
    },
    examples: [
      'holdfast claim --next',
      'holdfast claim t_7K3M9QX2VD --lease 3m',
      'holdfast claim --next --cap 4',
      'eval "$(holdfast claim --next --wait 30s --label pack --export)" || exit',
    ],
    load: async () => (await import('../verbs/claim.ts')).claim,
  },
  heartbeat: {
    summary: 'say that you are alive; renews the lease, and answers whether to go on',
    takes: ['[ID]'],
    options: { ...HELD, note: NOTE, percent: PERCENT, checkpoint: CHECKPOINT, lease: LEASE },
    examples: ['holdfast heartbeat', 'holdfast heartbeat t_7K3M9QX2VD --run 1 --note "4/9 files" --percent 44'],
    load: async () => (await import('../verbs/heartbeat.ts')).heartbeat,
  },
  progress: {
    summary: 'a heartbeat that must say how far you are: --percent, --note or --checkpoint',
    takes: ['[ID]'],
    options: { ...HELD, note: NOTE, percent: PERCENT, checkpoint: CHECKPOINT, lease: LEASE },
    examples: ['holdfast progress --percent 60', `holdfast progress t_7K3M9QX2VD --run 1 --checkpoint '{"done":3}'`],
    load: async () => (await import('../verbs/heartbeat.ts')).progress,
  },
  complete: {
    summary: 'the task is done',
    takes: ['[ID]'],
    options: {
      ...HELD,
      summary: { kind: 'text', value: 'TEXT', means: 'what was done, for people' },
      result: { kind: 'json', value: 'JSON', means: 'what came out, for programs, at most 64 KiB' },
      artifact: { kind: 'text', value: 'PATH', many: true, means: 'a file or address that was made; may be given several times' },
    },
    examples: ['holdfast complete t_7K3M9QX2VD --run 1', `holdfast complete --summary "packed 9" --result '{"files":9}'`],
    load: async () => (await import('../verbs/verdicts.ts')).complete,
  },
  fail: {
    summary: 'this run failed; the task is ready again, or gives up at its limit of failures in a row',
    takes: ['[ID]'],
    options: {
      ...HELD,
      error: { kind: 'text', value: 'TEXT', means: 'what went wrong' },
      outcome: {
        kind: 'text',
        value: 'WHAT',
        means: 'how it ended (default: failed; with --retry-after: rate_limited)',
        choices: ['failed', 'rate_limited', 'timed_out', 'no_verdict'],
      },
      'retry-after': { kind: 'duration', value: '10m', means: 'rate_limited: not claimable for so long, 1s to 1d (default: the board’s rate_limit_cooldown)' },
    },
    examples: [
      'holdfast fail t_7K3M9QX2VD --run 1 --error "no such module"',
      'holdfast fail --retry-after 10m --error "429 from the registry"',
      'holdfast fail --outcome timed_out --error "all 90 steps used"',
    ],
    load: async () => (await import('../verbs/verdicts.ts')).fail,
  },
  block: {
    summary: 'the task cannot go on for now; ends the run without a failure',
    takes: ['[ID]'],
    options: {
      ...HELD,
      kind: {
        kind: 'text',
        value: 'KIND',
        means: 'why (default: needs_input, which only a human lifts)',
        choices: ['dependency', 'needs_input', 'capability', 'transient'],
      },
      reason: { kind: 'text', value: 'TEXT', means: 'what is missing, for whoever lifts it' },
    },
    examples: ['holdfast block t_7K3M9QX2VD --run 1 --reason "which files?"', 'holdfast block --kind transient --reason "registry is down"'],
    load: async () => (await import('../verbs/verdicts.ts')).block,
  },
  release: {
    summary: 'give the task back; no failure is counted',
    takes: ['[ID]'],
    options: { ...HELD, reason: REASON },
    examples: ['holdfast release t_7K3M9QX2VD --run 1 --reason "out of disk here"'],
    load: async () => (await import('../verbs/verdicts.ts')).release,
  },
  work: {
    summary: 'claim, run the command, book its exit, again and again',
    agent: true,
    takes: [],
    rest: 'cmd args…',
    options: {
      concurrency: { kind: 'integer', value: 'N', means: 'so many at once (default 1)' },
      'until-empty': {
        kind: 'flag',
        means: 'end when nothing is ready and nothing of its own runs; a cool-down, a back-off or a cap is waited for, a schedule or a parent is not',
      },
      'on-zero': { kind: 'text', value: 'WHAT', means: 'what exit 0 without a verdict means (default: complete)', choices: ['complete', 'require-verdict'] },
      ...CAPS,
      quiet: { kind: 'flag', short: 'q', means: 'on a terminal, do not announce what is claimed' },
      'no-watchdog': { kind: 'flag', means: 'do not watch the board meanwhile' },
      lease: LEASE,
      label: LABELS,
      assignee: { kind: 'text', value: 'NAME', means: 'only tasks assigned to NAME' },
      worker: WORKER_OPTIONS['worker'] ?? NOTE,
    },
    examples: [
      'holdfast work -- ./pack.sh {task_id}',
      'holdfast work --concurrency 2 --until-empty -- node job.js {input}',
      `holdfast work -- sh -c './call.sh || { echo 10m > "$HOLDFAST_RETRY_AFTER_FILE"; exit 75; }'`,
    ],
    load: async () => (await import('../verbs/work.ts')).work,
  },
  run: {
    summary: 'supervise one command for one task; exits as the command does',
    failure_exit: 125,
    exits: [
      ['the command’s', 'once it runs, also where exit 0 without a verdict fails the run; 128 + N when signal N ended it, or us before it began'],
      ['127, 126', 'the command was not found, or cannot be started; the run failed'],
      ['125', 'the store or Holdfast itself failed'],
      ['2, 3, 4, 5, 6', 'it was not started: usage, no such task, refused (held, not ready), the run is over, the board is paused or at a cap'],
    ],
    agent: true,
    takes: [],
    rest: 'cmd args…',
    options: {
      task: { kind: 'text', value: 'ID', means: 'claim this ready task (default: take over the run of the environment)' },
      'on-zero': {
        kind: 'text',
        value: 'WHAT',
        means: 'what exit 0 without a verdict means (default: require-verdict)',
        choices: ['complete', 'require-verdict'],
      },
      lease: LEASE,
      worker: WORKER_OPTIONS['worker'] ?? NOTE,
    },
    examples: ['holdfast run --task t_7K3M9QX2VD --on-zero complete -- make pack', 'holdfast run -- agent --prompt-file job.md'],
    load: async () => (await import('../verbs/run.ts')).run,
  },
};
