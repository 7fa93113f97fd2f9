// One of several processes that work off a queue under a cap: claims, completes, and ends when nothing is left. With `dies` it is killed -9 once its
// first claim is stored, before it can confirm it; it says 'about' before that claim is appended, and goes on when it is told to.
import { once } from 'node:events';
import { openHoldfast } from '../../dist/compose.js';

const [, , store, board, worker, cap, dies] = process.argv;
const held = await openHoldfast({ store, board, actor: { kind: 'agent', id: worker }, surface: 'spec' });
const own = (await held.processes()).probe.self();

if (dies === 'dies') {
  const append = held.store.append.bind(held.store);
  held.store.append = async (stream, events, expected) => {
    if (events[0].type !== 'TaskClaimed') return append(stream, events, expected);
    process.send('about');
    await once(process, 'message');
    await append(stream, events, expected);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  };
}
for (;;) {
  const answer = await held.board.claimNext({ worker, process: own, cap: Number(cap), wait_ms: 200 });
  if (answer.ok) {
    const { task_id, run } = answer;
    await held.board.execute({ type: 'RecordHeartbeat', task_id, run, worker });
    await held.board.execute({ type: 'CompleteTask', task_id, run, worker });
  } else if (answer.code !== 'NothingToClaim') {
    process.send(answer);
    break;
  } else if (answer.why === 'empty') break;
}
await held.close();
process.disconnect?.();
