import { describe, expect, it } from '@jest/globals';
import { replay, upTo } from '../../src/audit/replay.ts';
import { on, packModules } from './packModules.ts';

const runAt = (point: Parameters<typeof replay>[1]): unknown => {
  const task = replay(packModules, point);
  return task.status === 'running' ? task.run.run : task.status;
};

describe('replay', () => {
  it('shows the task at a revision, that event included', () => {
    expect([0n, 1n, 4n, 5n, 15n, 16n].map((revision) => runAt({ by: 'revision', revision }))).toEqual(['ready', 1, 'ready', 2, 3, 'done']);
  });

  it('shows the task at an instant, and nothing before it was created', () => {
    expect([on('08:59:59.999'), on('09:00:00.000'), on('09:05:10.530'), on('09:05:10.531')].map((at) => runAt({ by: 'time', at }))).toEqual([
      'absent',
      'ready',
      1,
      'ready',
    ]);
  });

  it('leaves out no event before one that it shows, though clocks of two hosts differ', () => {
    const ahead = packModules.map((event) =>
      event.type === 'TaskClaimed' && event.data.run === 1 ? { ...event, data: { ...event.data, at: on('12:00:00.000') } } : event,
    );
    const shown = upTo(ahead, { by: 'time', at: on('11:59:59.999') });
    expect(shown.map(({ type }) => type)).toEqual(['TaskCreated']);
    expect(upTo(ahead, { by: 'time', at: on('12:00:00.000') })).toHaveLength(ahead.length);
  });

  it('shows the task at a position of the log', () => {
    expect(runAt({ by: 'position', position: 101n })).toBe(1);
  });
});
