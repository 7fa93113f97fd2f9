import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../../src/eventstore/errors.ts';
import { openWhenThere } from '../../../src/interfaces/cli/longRunning.ts';
import { systemClock, type Clock } from '../../../src/platform/clock.ts';
import { eventStoreDbDouble } from '../../support/eventStoreDb/eventStoreDbDouble.ts';
import { holdfastAt } from '../../support/holdfast.ts';
import { newInProcess } from './inProcess.ts';

const away = () => new StoreUnavailable('esdb://db:2113 gave no answer in 20 s', 'start it', { passing: true });

const opening = (failures: readonly Error[], stop = new AbortController()) => {
  const [left, said] = [[...failures], new Array<string>()];
  const open = async () => {
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return holdfastAt('memory:');
  };
  const io = { stopped: () => stop.signal };
  return { said, opened: openWhenThere({ open, io }, { warn: (facts) => void said.push(JSON.stringify(facts)) }) };
};

describe('a verb that runs on', () => {
  it('waits for a server that starts later, and says why each time', async () => {
    const { opened, said } = opening([away(), away()]);
    await (await opened).close();
    expect(said).toEqual([expect.stringContaining('gave no answer'), expect.stringContaining('gave no answer')]);
  });

  it('does not wait for what will not mend', async () => {
    const { opened, said } = opening([new StoreUnavailable('esdb://db:2113 does not know this user', 'check it')]);
    await expect(opened).rejects.toThrow('does not know this user');
    expect(said).toEqual([]);
  });

  it('ends at once for a user who may not read the whole log', async () => {
    const server = await eventStoreDbDouble();
    server.allow('streams');
    const said = new Array<object>();
    const open = (signal?: AbortSignal) => holdfastAt(server.address.replace('//', '//ana:secret@'), { ...(signal && { signal }) });
    const opened = openWhenThere({ open, io: { stopped: () => new AbortController().signal } }, { warn: (facts) => void said.push(facts) });
    await expect(opened).rejects.toMatchObject({ message: expect.stringContaining('does not let this user') });
    expect(said).toEqual([]);
    await server.close();
  });

  it('ends a wait under way at once on a signal, and says so', async () => {
    const server = await eventStoreDbDouble();
    server.network.freeze();
    const [stop, said] = [new AbortController(), new Array<object>()];
    const open = (signal?: AbortSignal) => holdfastAt(server.address, { ...(signal && { signal }) });
    const opened = openWhenThere({ open, io: { stopped: () => stop.signal } }, { warn: (facts) => void said.push(facts) });
    stop.abort('SIGTERM');
    await expect(opened).rejects.toMatchObject({
      name: 'StoreUnavailable',
      message: `stopped (SIGTERM) before esdb://127.0.0.1:${server.network.port} gave an answer`,
    });
    expect(said).toEqual([]);
    await server.close();
  });

  it('ends the wait on a signal', async () => {
    const stop = new AbortController();
    stop.abort('SIGTERM');
    await expect(opening([away()], stop).opened).rejects.toThrow('gave no answer');
  });
});

/** A clock that knows who still sleeps by it. */
const sleepless = (): { readonly clock: Clock; readonly asleep: () => number } => {
  const clock = systemClock();
  let asleep = 0;
  const sleep: Clock['sleep'] = async (ms, signal) => {
    asleep += 1;
    await clock.sleep(ms, signal);
    asleep -= 1;
  };
  return { clock: { ...clock, sleep }, asleep: () => asleep };
};

describe('work --until-empty', () => {
  it('leaves no timer behind, which would hold its process when nothing is left to do', async () => {
    const { clock, asleep } = sleepless();
    const cli = await newInProcess({ clock });
    await cli.run(['create', 'a task']);
    const worked = await cli.run(['work', '--until-empty', '--', process.execPath, '-e', ''], { HOLDFAST_LOG: 'warn' });
    expect(worked).toMatchObject({ exit: 0, out: expect.stringContaining('1 run, nothing') });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asleep()).toBe(0);
    await cli.remove();
  });
});
