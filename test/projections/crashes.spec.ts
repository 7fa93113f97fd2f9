import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MOST_TOLD } from '../../src/domain/board/sameError.ts';
import { START, type RecordedEvent } from '../../src/eventstore/port.ts';
import { integer } from '../../src/platform/sqlite.ts';
import { toldBefore, toldOf } from '../../src/projections/crashesTold.ts';
import { IN_MEMORY, openViews, PROJECTIONS, type Views } from '../../src/projections/views.ts';
import { failed, taskId } from '../support/taskLog.ts';

const SURPLUS = 5;

/** The nth event of a log in which nothing happens but that runs crash. */
const crash = (n: number, board = 'main'): RecordedEvent => ({
  ...failed(n, 1, 'ada'),
  id: `e${n}`,
  stream: `task-${taskId(n)}`,
  revision: 2n,
  position: BigInt(n),
  metadata: { board },
});

describe('the crashes of a board', () => {
  let views: Views;
  beforeEach(() => {
    views = openViews({ path: IN_MEMORY, projections: PROJECTIONS });
  });
  afterEach(() => views.close());

  const told = (...events: readonly RecordedEvent[]) => {
    expect(views.apply({ after: views.checkpoint().position, events, position: events.at(-1)?.position ?? START })).toBe('applied');
  };
  const rowsOf = (board: string): number => integer(views.all('SELECT count(*) FROM crashes WHERE board = ?', board)[0] ?? [], 0);

  it('are kept as far as a rule may count them, however many there were; those of another board stay', () => {
    const events = Array.from({ length: MOST_TOLD + SURPLUS }, (_, n) => crash(n + 2));
    told(crash(1, 'other'));
    told(...events.slice(0, 3));
    told(...events.slice(3, -1));
    told(...events.slice(-1));

    expect(rowsOf('main')).toBe(MOST_TOLD);
    expect(rowsOf('other')).toBe(1);
    expect(toldBefore(views, 'main')).toEqual(toldOf(events, 'main').slice(-MOST_TOLD));
  });
});
