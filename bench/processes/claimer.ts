import { openBoardAt } from '../support/boards.ts';
import { sharedNow, whenTold } from '../support/children.ts';

/** Claims whatever is ready until nothing is. */
const [path = '', worker = ''] = process.argv.slice(2);

const holdfast = await openBoardAt(path);
await (await holdfast.readModel()).catchUp();
await whenTold(async () => {
  const started = sharedNow();
  const claimed: string[] = [];
  let longest = 0;
  for (;;) {
    const asked = sharedNow();
    const answer = await holdfast.board.claimNext({ worker });
    longest = Math.max(longest, sharedNow() - asked);
    if (!answer.ok) break;
    claimed.push(answer.task_id);
  }
  const ended = sharedNow();
  await holdfast.close();
  return { claimed, longest, started, ended };
});
