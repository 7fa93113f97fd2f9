import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidValue, openBoard, type LibraryBoard } from '../../src/index.ts';
import { scratch } from '../support/holdfast.ts';

type Untyped<Method extends (...args: never) => unknown> = NonNullable<Parameters<Method>[0]>;

describe('a program without types, or with wider ones', () => {
  let home: ReturnType<typeof scratch>;
  let board: LibraryBoard;
  beforeAll(async () => {
    home = scratch();
    board = await openBoard({ store: home.folder, actor: 'agent:packer', create: true });
  });
  afterAll(async () => {
    await board.close();
    home.remove();
  });

  it('is told of a key of openBoard that is none, what was meant, and what there is', async () => {
    const options: Untyped<typeof openBoard> = JSON.parse(JSON.stringify({ store: home.folder, actor: 'human:ana', bord: 'nightly' }));
    await expect(openBoard(options)).rejects.toThrow(
      new InvalidValue('openBoard: there is no ‘bord’; did you mean board? Allowed: actor, board, store, create, synchronous'),
    );
  });

  it('is told of a value of openBoard that is none', async () => {
    const options: Untyped<typeof openBoard> = JSON.parse(JSON.stringify({ store: home.folder, actor: 'human:ana', synchronous: 'OFF' }));
    await expect(openBoard(options)).rejects.toThrow(new InvalidValue('openBoard: synchronous "OFF" is not allowed: it takes FULL, NORMAL'));
  });

  it('is told that openBoard takes an object when it gives none', async () => {
    const bare: () => Promise<unknown> = openBoard.bind(undefined, ...JSON.parse('[]'));
    await expect(bare()).rejects.toThrow(new InvalidValue('openBoard: takes an object with actor, board, store, create, synchronous; got undefined'));
  });

  it('claims nothing by a worker whose filter is misspelt', async () => {
    await board.create({ title: 'Pack', labels: ['other'] });
    const options: Untyped<LibraryBoard['work']> = JSON.parse('{"lable":["pack"]}');
    expect(() => board.work(options, async () => undefined)).toThrow(/^work: there is no ‘lable’; did you mean labels\?/);
    const wide: Untyped<LibraryBoard['claimNext']> = JSON.parse('{"labels":"pack"}');
    await expect(board.claimNext(wide)).rejects.toThrow(new InvalidValue('claimNext: labels "pack" is not allowed: it takes a list of text'));
    const misspelt: Untyped<LibraryBoard['claimNext']> = JSON.parse('{"asignee":"ana"}');
    await expect(board.claimNext(misspelt)).rejects.toThrow(/^claimNext: there is no ‘asignee’; did you mean assignee\?/);
    expect(await board.list()).toMatchObject([{ status: 'ready' }]);
  });

  it.each(['{"assignee":"ana"}', '{"labels":["pack"]}'])('cannot choose among tasks when it claims one by its id: %s', async (json) => {
    const options: Untyped<LibraryBoard['claimNext']> = JSON.parse(json);
    await expect(board.claim('t_7K3M9QX2VD', options)).rejects.toThrow(
      /^claim: there is no ‘(assignee|labels)’\. Allowed: input, checkpoint, worker, lease, cap, cap_per_assignee, signal$/,
    );
  });

  it('is told that work takes a handler', () => {
    const alone: () => unknown = board.work.bind(undefined, ...JSON.parse('[{}]'));
    expect(alone).toThrow(/^work: takes a handler after its options/);
  });

  it('is told of a filter of what it reads that is none', async () => {
    const labels: Untyped<LibraryBoard['list']> = JSON.parse('{"labels":["pack"]}');
    await expect(board.list(labels)).rejects.toThrow(/^list: there is no ‘labels’; did you mean label\? Allowed: status, label, /);
    const status: Untyped<LibraryBoard['list']> = JSON.parse('{"status":["raedy"]}');
    await expect(board.list(status)).rejects.toThrow(/^list: status \["raedy"\] is not allowed: it takes a list of triage, .*; did you mean ready\?$/);
    const severity: Untyped<LibraryBoard['diagnostics']> = JSON.parse('{"severity":"eror"}');
    await expect(board.diagnostics(severity)).rejects.toThrow(/; did you mean error\?$/);
    const types: Untyped<LibraryBoard['events']> = JSON.parse('{"types":["TaskReclaimd"]}');
    const events = board.events(types)[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toThrow(/^events: types \["TaskReclaimd"\] .*; did you mean TaskReclaimed\?$/);
  });

  it('is told of an option of a command that is none', async () => {
    const options: NonNullable<Parameters<LibraryBoard['create']>[1]> = JSON.parse('{"commandId":"a"}');
    await expect(board.create({ title: 'Pack' }, options)).rejects.toThrow(/^create: there is no ‘commandId’; did you mean command_id\?/);
  });

  it('may leave an option undefined', async () => {
    const options = { labels: undefined, wait: undefined };
    const given: Untyped<LibraryBoard['claimNext']> = Object.assign(JSON.parse('{}'), { ...options, labels: ['nobody'] }, { lease: undefined });
    expect(await board.claimNext(given)).toBeUndefined();
  });
});
