import { append } from './append.bench.ts';
import { crash } from './crash.bench.ts';
import { deadline } from './deadlines.bench.ts';
import { processes } from './processes.bench.ts';
import { replay } from './replay.bench.ts';
import { size } from './size.bench.ts';
import type { Benchmark } from './support/benchmark.ts';
import { tail } from './tail.bench.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [append, processes, tail, replay, deadline, size, crash];
