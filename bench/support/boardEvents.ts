import { randomUUID } from 'node:crypto';
import type { BoardEvent } from '../../src/domain/board/board.ts';
import { boardStream, taskStream } from '../../src/domain/ids.ts';
import { instantOf } from '../../src/domain/instant.ts';
import type { TaskEvent } from '../../src/domain/task/events.ts';
import type { NewEvent } from '../../src/eventstore/port.ts';

/** Events as a board writes them, without the board: a log of a million takes seconds this way. */
export const BOARD = 'bench';
export const BOARD_STREAM = boardStream(BOARD);

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The task id of a number. */
export const taskIdOf = (n: number): string => `t_${Array.from({ length: 10 }, (_, i) => CROCKFORD[Math.floor(n / 32 ** (9 - i)) % 32] ?? '0').join('')}`;

export const streamOf = (n: number): string => taskStream(taskIdOf(n));
export const workerOf = (n: number): string => `worker-${n % 64}`;

const stored = ({ type, data }: TaskEvent | BoardEvent, actor: string): NewEvent => {
  const command_id = randomUUID();
  return {
    id: randomUUID(),
    type,
    data,
    metadata: { board: BOARD, command_id, actor: { kind: 'agent', id: actor, surface: 'library' } },
  };
};

export const boardCreated = (at: number): NewEvent => stored({ type: 'BoardCreated', data: { at: instantOf(at), board: BOARD, policy: {} } }, 'bench');

export const created = (n: number, at: number): NewEvent =>
  stored(
    {
      type: 'TaskCreated',
      data: {
        at: instantOf(at),
        task_id: taskIdOf(n),
        board: BOARD,
        title: `Pack module ${n}`,
        body: null,
        input: null,
        labels: ['pack'],
        assignee: null,
        priority: n % 3,
        parents: [],
        tenant: null,
        status: 'ready',
        limits: {},
        idempotency_key: null,
      },
    },
    'bench',
  );

export const claimed = (n: number, at: number, leaseMs: number): NewEvent =>
  stored(
    {
      type: 'TaskClaimed',
      data: {
        at: instantOf(at),
        run: 1,
        worker: workerOf(n),
        lease_ms: leaseMs,
        lease_source: 'call',
        claim_expires: instantOf(at + leaseMs),
        process: null,
      },
    },
    workerOf(n),
  );

export const beaten = (n: number, at: number, leaseMs: number): NewEvent =>
  stored(
    {
      type: 'HeartbeatRecorded',
      data: {
        at: instantOf(at),
        run: 1,
        worker: workerOf(n),
        source: 'worker',
        note: `${n % 9}/9 files`,
        percent: (n % 9) * 10,
        claim_expires: instantOf(at + leaseMs),
      },
    },
    workerOf(n),
  );

export const completed = (n: number, at: number): NewEvent =>
  stored(
    {
      type: 'TaskCompleted',
      data: { at: instantOf(at), run: 1, worker: workerOf(n), summary: `packed ${n}`, result: { files: n }, artifacts: [] },
    },
    workerOf(n),
  );
