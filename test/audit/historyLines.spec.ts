import { describe, expect, it } from '@jest/globals';
import { historyLines, historyText } from '../../src/audit/historyLines.ts';
import { packModules } from './packModules.ts';

const HEAD = 'rev  at            actor           event              run';
const SHOWN = `  3  09:05:02.118  agent:ada       HeartbeatRecorded  1  "4/9 files" → 09:20:02.118
  4  09:05:10.531  system:wd_1     TaskReclaimed      1  crashed → ready`;
const LATER = `8–12 09:51:30.507  agent:bob       ClaimExtended ×5   2  supervisor_alive → 10:41:30.500   (--all shows each)
 13  10:41:30.515  system:wd_1     RunRevoked         2  heartbeat_stale
 14  10:41:35.534  agent:bob       TaskReclaimed      2  heartbeat_stale → ready`;

describe('history', () => {
  const text = historyText(historyLines(packModules));

  it('prints the lines of the contract', () => {
    const lines = text.split('\n');
    expect(lines[0]).toBe(HEAD);
    expect(text).toContain(SHOWN);
    expect(text).toContain(LATER);
  });

  it('shows each extension by itself when asked', () => {
    const all = historyText(historyLines(packModules, { all: true }));
    expect(all.split('\n')).toHaveLength(packModules.length + 1);
    expect(all).not.toContain('×');
  });
});
