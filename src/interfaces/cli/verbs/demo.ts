import { systemProcesses } from '../../../platform/processes.ts';
import { DEFAULT_BOARD } from '../../settings.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { shownAddress } from '../../../platform/shownAddress.ts';
import type { Handler } from '../call.ts';
import { demonstrate } from '../demo/demonstrate.ts';
import { findingText } from '../demo/finding.ts';
import { freshPlace } from '../demo/freshPlace.ts';
import { policyTable } from '../demo/policy.ts';
import { TASK_COUNT, type CreatedTasks } from '../demo/tasks.ts';
import { EXIT } from '../exits.ts';
import { done, failed } from '../outcome.ts';

/** Ended by a signal from outside, as a shell would say it. */
const STOPPED = 130;

/** Workers die, hang and come back late on a board of their own; the watchdog takes their tasks back and the log says why. Exit 0 only if all of it is so. */
export const demo: Handler = async (call) => {
  const processes = systemProcesses();
  if (processes.host === null) return failed('Usage', 'The demo kills and freezes processes, and tells them apart by /proc: it needs Linux');
  const place = freshPlace(call);
  const { board } = place;
  const store = shownAddress(place.store);
  const look = (command: string): string => `npx holdfast ${command} --store ${shellWord(store)}${board === DEFAULT_BOARD ? '' : ` --board ${board}`}`;
  const say = (text: string): void => (call.json ? call.io.err : call.io.out)(`${text}\n`);
  say(introduction(store));
  const began = call.io.clock.monotonic();
  const shown = await demonstrate({ call, ...place, processes, say });
  if (shown === undefined) return done({ store, board, stopped: true }, `Stopped. The board is kept: ${look('list')}`, STOPPED);
  const took_ms = Math.round(call.io.clock.monotonic() - began);
  say(`\n${shown.pages.join('\n\n')}\n`);
  const { findings, line } = shown;
  const wrong = findings.filter(({ ok }) => !ok);
  const { all: _, ...tasks } = shown.tasks;
  const data = { store, board, took_ms, line, tasks, findings };
  return done(data, [...findings.map(findingText), '', line, '', ...kept(look, shown.tasks, took_ms)].join('\n'), wrong.length === 0 ? EXIT.ok : EXIT.defect);
};

const introduction = (store: string): string =>
  [
    `A fresh board in ${store}: ${TASK_COUNT} tasks, each to count, checksum and compress the files of an installed package.`,
    'Its policy is shrunken, so that a minute shows what takes an hour in earnest:',
    policyTable(),
    'One process watches (holdfast serve), four work (holdfast work), one uses the library. What comes, as it happens:',
    '  (1) kill -9 of a supervisor whose child writes nothing        (2) a child that has beaten hangs',
    '  (3) a library worker hangs, and comes back too late           (4) a task that always fails',
    '  (5) a worker asks, is never answered, and asks again          (6) three tasks that wait for each other',
    '',
  ].join('\n');

const kept = (look: (command: string) => string, { silent, frozen, library, failing, loop, third }: CreatedTasks, took_ms: number): readonly string[] => [
  `${(took_ms / 1000).toFixed(1)} s. The board is kept; look at it:`,
  ...['list', 'diagnostics', `why ${silent}`, `why ${frozen}`, `why ${library}`, `history ${failing}`, `history ${loop}`, `history ${third}`, 'verify'].map(
    (command) => `  ${look(command)}`,
  ),
];
