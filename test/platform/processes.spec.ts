import { describe, expect, it } from '@jest/globals';
import { parseStat, systemProcesses } from '../../src/platform/processes.ts';

const stat = (pid: number, comm: string, state: string) =>
  `${pid} (${comm}) ${state} 1 41 40 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 11 0 987654 1269104640 12 18446744073709551615\n`;

describe('the process table of Linux', () => {
  it('reads group, session and start time of a process whose name holds spaces and parentheses', () => {
    expect(parseStat(stat(77, 'a) S 1 2 (b', 'R'))).toEqual({ pid: 77, group: 41, session: 40, started_at: '987654', ended: false });
  });
  it('takes a zombie for ended', () => {
    expect(parseStat(stat(77, 'sh', 'Z'))).toMatchObject({ ended: true });
  });
  it('has no answer for a line it cannot read', () => {
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('77 (sh) S 1')).toBeUndefined();
  });
  it('finds this process, alive, in its own group', () => {
    const table = systemProcesses();
    const self = table.entry(process.pid);
    if (typeof self === 'string') throw new Error(self);
    expect(self).toMatchObject({ pid: process.pid, ended: false });
    expect(table.group(self.group)).toContainEqual(self);
  });
  it('says gone of a pid that nobody has, and finds no members of such a group', () => {
    const table = systemProcesses();
    expect(table.entry(2 ** 30)).toBe('gone');
    expect(table.group(2 ** 30)).toEqual([]);
    expect(table.signalGroup(2 ** 30, 'SIGTERM')).toBe(false);
  });
});
