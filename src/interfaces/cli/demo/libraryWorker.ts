import { openBoard, Refused } from '../../../index.ts';
import { systemClock } from '../../../platform/clock.ts';
import { EXITS } from '../exits.ts';
import type { LibraryLine } from './libraryLines.ts';
import { pack, packedText } from './pack.ts';
import { DemoInput, LIBRARY_LABEL } from './tasks.ts';

/** Somebody stops us before; this only keeps a demo that went wrong from waiting for ever (ms). */
const PATIENCE_MS = 50_000;

const say = (line: LibraryLine): void => console.log(JSON.stringify(line));

const [board = '', worker = ''] = process.argv.slice(2);
const opened = await openBoard({ board, actor: `agent:${worker}` });
try {
  const claim = await opened.claimNext({ labels: [LIBRARY_LABEL], wait: '30s' });
  if (claim === undefined) throw new Error('nothing to claim');
  const packed = await pack(DemoInput.parse(claim.task.input).folder);
  await claim.heartbeat({ note: 'packed, about to complete' });
  const continued = new AbortController();
  process.once('SIGCONT', () => continued.abort());
  const summary = packedText(packed);
  say({ ready: true, summary });
  await systemClock().sleep(PATIENCE_MS, continued.signal);
  await claim.complete({ summary, result: packed });
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  say({ refused: error.answer.code, message: error.message });
  process.exitCode = EXITS[error.answer.code];
} finally {
  await opened.close();
}
