import { openHoldfast } from '../../src/compose.ts';
import { START } from '../../src/eventstore/port.ts';
import { tell, whenTold } from '../support/children.ts';

const [, , store = '', board = ''] = process.argv;

/** A board in use, with a subscription and appends under way, that is closed: from then on nothing may keep this process. */
await whenTold(async () => {
  const held = await openHoldfast({ store, board, actor: { kind: 'agent', id: 'bench' }, surface: 'library' });
  await held.board.change({ type: 'CreateBoard', board });
  const live = (async () => {
    for await (const message of held.store.subscribe({ after: START, prefixes: ['task-'] })) if (message.kind === 'caught_up') return;
  })();
  await live;
  const follower = (async () => {
    for await (const message of held.store.subscribe({ after: START, prefixes: ['task-'] })) void message;
  })();
  const appends = Array.from({ length: 64 }, () => held.board.create({ title: 'a task' }));
  tell('closing');
  await held.close();
  await Promise.allSettled([...appends, follower]);
  return 'closed';
});
