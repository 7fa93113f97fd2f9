import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable, WrongExpectedRevision } from '../../src/eventstore/errors.ts';
import type { Appended } from '../../src/eventstore/port.ts';
import type { PreparedAppend } from '../../src/eventstore/sqlite/appender.ts';
import { groupCommit, type Transaction } from '../../src/eventstore/sqlite/groupCommit.ts';

const anAppend = (stream: string, data = '{}'): PreparedAppend => ({
  stream,
  events: [{ id: stream, type: 'T', data, metadata: '{}' }],
  expected: 'no_stream',
});

/** Keeps the streams of each transaction that was committed; what it is told to is refused. */
const recording = (
  faults: { readonly append?: (stream: string) => void; readonly begin?: () => void; readonly commit?: (streams: readonly string[]) => void } = {},
) => {
  const committed: (readonly string[])[] = [];
  let written: string[] = [];
  const transaction: Transaction = {
    begin: async () => {
      faults.begin?.();
      written = [];
    },
    append: ({ stream }): Appended | undefined => {
      if (stream.startsWith('elsewhere')) return undefined;
      faults.append?.(stream);
      written.push(stream);
      return { revision: 0n, position: BigInt(written.length), repeated: false };
    },
    commit: () => {
      faults.commit?.(written);
      committed.push(written);
    },
    rollback: () => {
      written = [];
    },
    repeated: ({ stream, expected }) => {
      throw new WrongExpectedRevision(stream, expected, 3n);
    },
  };
  return { committed, queue: groupCommit(transaction) };
};

const several = (count: number) => Array.from({ length: count }, (_, i) => `task-${i}`);

describe('group commit', () => {
  it('puts all appends that wait into one transaction, in their order', async () => {
    const { committed, queue } = recording();
    await Promise.all(several(20).map((stream) => queue.append(anAppend(stream))));
    expect(committed).toEqual([several(20)]);
  });

  it('takes at most 512 appends, or 8 MB, at once', async () => {
    const { committed, queue } = recording();
    await Promise.all(several(1100).map((stream) => queue.append(anAppend(stream))));
    expect(committed.map(({ length }) => length)).toEqual([512, 512, 76]);
    const big = recording();
    await Promise.all(several(40).map((stream) => big.queue.append(anAppend(stream, 'x'.repeat(512 * 1024)))));
    expect(Math.max(...big.committed.map(({ length }) => length))).toBeLessThanOrEqual(16);
    expect(big.committed.flat()).toEqual(several(40));
  });

  it('refuses only the append whose stream is elsewhere', async () => {
    const { committed, queue } = recording();
    const settled = await Promise.allSettled(['task-1', 'elsewhere', 'task-2'].map((stream) => queue.append(anAppend(stream))));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { name: 'WrongExpectedRevision', actual: 3n } });
    expect(committed).toEqual([['task-1', 'task-2']]);
  });

  it('rolls back when one fails, and gives each its own transaction', async () => {
    const { committed, queue } = recording({
      append: (stream) => {
        if (stream === 'task-1') throw new Error('full');
      },
    });
    const settled = await Promise.allSettled(several(3).map((stream) => queue.append(anAppend(stream))));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual([['task-0'], ['task-2']]);
  });

  it('acknowledges nothing whose commit failed', async () => {
    const { committed, queue } = recording({
      commit: (streams) => {
        if (streams.includes('task-0')) throw new Error('I/O');
      },
    });
    const settled = await Promise.allSettled(several(2).map((stream) => queue.append(anAppend(stream))));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(committed).toEqual([['task-1']]);
  });

  it('refuses all that wait when the lock cannot be had, and serves those that come later', async () => {
    let isBusy = true;
    const { queue } = recording({
      begin: () => {
        if (isBusy) throw new StoreUnavailable('busy', 'wait');
      },
    });
    const settled = await Promise.allSettled(several(3).map((stream) => queue.append(anAppend(stream))));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    isBusy = false;
    await expect(queue.append(anAppend('task-9'))).resolves.toMatchObject({ revision: 0n });
    await queue.idle();
  });
});
