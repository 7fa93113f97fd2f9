import { diagnoseStore, filesOf } from '../../../stores.ts';
import { failedWith, fine, type Finding, type Level } from '../../../eventstore/finding.ts';
import type { Setting } from '../../../platform/config.ts';
import { shownAddress } from '../../../platform/shownAddress.ts';
import type { Call, Handler } from '../call.ts';
import { boardFindings } from '../doctor/board.ts';
import { reading, roundTrip } from '../doctor/roundTrip.ts';
import { EXIT } from '../exits.ts';
import { missingBoard } from '../missingBoard.ts';
import { NoBoard } from '../open.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { pasteable } from '../paste.ts';

/** Looks at the store and its boards. Exit 0: nothing fails (there may be warnings), 1: something does, 3: the board named is not there, 7: there is no store to look at. */
export const doctor: Handler = async (call) => {
  const { settings, args, io } = call;
  if (settings.store === null) throw new NoBoard(settings.location.home);
  const readOnly = args.flag('read-only');
  const outside = [addressFinding(settings.store), ...(await diagnoseStore({ store: settings.store.value, clock: io.clock, readOnly }))];
  const broken = outside.some(({ level, check }) => level === 'fail' && check !== 'disk_space');
  const missing = broken ? undefined : await misnamed(call);
  if (missing !== undefined) return missing;
  const found = [...outside, ...(broken ? [] : await insideFindings(call, settings.store.value, readOnly))];
  const findings = found.map((finding) => ({ ...finding, mend: mendOf(finding, call) }));
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const [failures, warnings] = [count('fail'), count('warn')];
  const text = [...findings.map((finding) => lineOf(finding, call)), summary(failures, warnings)].join('\n');
  return done({ ok: failures === 0, failures, warnings, findings }, text, failures === 0 ? EXIT.ok : EXIT.defect);
};

/** A board that was named, and is not there. Nobody has to name one, since every board is looked at. A store that cannot be read is a finding later on. */
const misnamed = async ({ settings, open }: Call): Promise<Outcome | undefined> =>
  settings.board.from === 'default'
    ? undefined
    : open()
        .then(({ board }) => missingBoard(board))
        .catch(() => undefined);

const addressFinding = ({ value, from, where }: Setting): Finding => fine('address', `${shownAddress(value)} (${from}: ${where})`);

const insideFindings = async ({ open, io: { clock } }: Call, address: string, readOnly: boolean): Promise<readonly Finding[]> => {
  try {
    const { store, readModel, kind } = await open();
    const trip = await (readOnly ? reading : roundTrip)({ store, clock });
    if (trip.level === 'fail') return [trip];
    return [trip, ...(await boardFindings({ model: await readModel(), clock, store_policy: kind.policy }, filesOf(address) === null))];
  } catch (error) {
    return [failedWith('open', error, 'holdfast where')];
  }
};

/** A mend is one command, or words with commands in backticks. */
const mendOf = ({ mend }: Finding, { paste }: Call): string | null =>
  mend === null ? null : mend.startsWith('holdfast ') ? paste(mend) : pasteable(mend, paste);

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
const WIDTH = 15;

const lineOf = ({ check, level, saw, mend }: Finding, { paint }: Call): string => {
  const line = `${paint[COLOURS[level]](level.padEnd(4))}  ${check.padEnd(WIDTH)}  ${saw}`;
  return mend === null ? line : `${line}\n${' '.repeat(WIDTH + 8)}mend: ${mend}`;
};

const summary = (failures: number, warnings: number): string =>
  failures + warnings === 0 ? 'doctor ok' : `doctor: ${failures} failing, ${warnings} to look at`;
