import { activity } from './activity.bench.ts';
import { append } from './append.bench.ts';
import { claimNext } from './claimNext.bench.ts';
import { claimRace } from './claimRace.bench.ts';
import { coldStart } from './coldStart.bench.ts';
import { crash } from './crash.bench.ts';
import { deadline } from './deadlines.bench.ts';
import { dependencies } from './dependencies.bench.ts';
import { eventStoreDb } from './eventStoreDb.bench.ts';
import { heartbeats } from './heartbeats.bench.ts';
import { list } from './list.bench.ts';
import { memory } from './memory.bench.ts';
import { processes } from './processes.bench.ts';
import { reclaim } from './reclaim.bench.ts';
import { replay } from './replay.bench.ts';
import { size } from './size.bench.ts';
import type { Benchmark } from './support/benchmark.ts';
import { tail } from './tail.bench.ts';

/** In the order in which they run: the store, then what stands on it. */
export const benchmarks: readonly Benchmark[] = [
  append,
  processes,
  tail,
  replay,
  deadline,
  size,
  crash,
  heartbeats,
  claimNext,
  claimRace,
  reclaim,
  list,
  dependencies,
  memory,
  coldStart,
  activity,
  eventStoreDb,
];
