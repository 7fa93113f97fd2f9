// A board on a server in use, with a subscription, appends and reads under way: it says so and closes. From then on nothing may keep this process.
import { openHoldfast } from '../../dist/compose.js';

const [, , store, board] = process.argv;
const held = await openHoldfast({ store, board, actor: { kind: 'agent', id: 'spec' }, surface: 'spec' });
await held.board.change({ type: 'CreateBoard', board });
const follow = async (done) => {
  for await (const { kind } of held.store.subscribe({ after: -1n, prefixes: ['task-'] })) if (kind === 'caught_up') done();
};
await new Promise((live) => void follow(live));
const creates = Array.from({ length: 64 }, () => held.board.create({ title: 'a task' }));
const reads = Array.from({ length: 16 }, () => held.board.state());
process.send('closing');
process.disconnect();
await held.close();
await Promise.allSettled([...creates, ...reads]);
