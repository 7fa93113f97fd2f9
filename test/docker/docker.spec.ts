import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { addressOf } from '../../src/eventstore/eventstoredb/address.ts';
import { splitVerb, parseVerb } from '../../src/interfaces/cli/line/parse.ts';
import { VERBS } from '../../src/interfaces/cli/verbs.ts';

// There is no docker engine where the suite runs: this keeps the two files in step with the sources and with each other.
const ROOT = new URL('../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8');
const { safeLoad }: { readonly safeLoad: (text: string) => unknown } = createRequire(import.meta.url)('js-yaml');

const Service = z.object({
  image: z.string(),
  build: z.string().optional(),
  pull_policy: z.string().optional(),
  init: z.boolean().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z
    .object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() })
    .loose()
    .optional(),
  restart: z.string(),
});
const Compose = z.object({
  services: z.object({ kurrentdb: Service, 'board-init': Service, board: Service }).strict(),
  volumes: z.record(z.string(), z.unknown()),
});

/** What is typed after `holdfast` is understood. */
const isCommand = (line: readonly string[]): boolean => {
  const { name, argv } = splitVerb(line, Object.keys(VERBS));
  const verb = VERBS[name];
  return verb !== undefined && parseVerb(name, verb, argv).positionals.length === 0;
};

/** The JSON form of CMD, ENTRYPOINT and HEALTHCHECK. */
const command = (text: string): readonly string[] => z.array(z.string()).parse(JSON.parse(text.slice(text.indexOf('['))));

describe('docker-compose.yml', () => {
  const { services, volumes } = Compose.parse(safeLoad(read('docker-compose.yml')));
  const { kurrentdb, board, 'board-init': init } = services;

  it('pins a node of the LTS line, without licence, projections and telemetry, and reachable from this machine only', () => {
    expect(kurrentdb.image).toMatch(/^\$\{KURRENTDB_IMAGE:-docker\.kurrent\.io\/kurrent-lts\/kurrentdb:\d+\.\d+\.\d+\}$/);
    expect(kurrentdb.environment).toEqual({
      KURRENTDB_CLUSTER_SIZE: '1',
      KURRENTDB_NODE_PORT: '2113',
      KURRENTDB_INSECURE: 'true',
      KURRENTDB_RUN_PROJECTIONS: 'None',
      KURRENTDB_START_STANDARD_PROJECTIONS: 'false',
      KURRENTDB_TELEMETRY_OPTOUT: 'true',
    });
    expect(kurrentdb.ports).toEqual(['127.0.0.1:${KURRENTDB_PORT:-2113}:2113']);
    expect(kurrentdb.healthcheck?.test).toContain('http://localhost:2113/health/live');
    expect(kurrentdb.volumes.map((volume) => volume.split(':')[0])).toEqual(Object.keys(volumes));
  });

  it('makes the board once the node is well, then serves it', () => {
    expect(init.depends_on).toEqual({ kurrentdb: { condition: 'service_healthy' } });
    expect(board.depends_on).toEqual({ 'board-init': { condition: 'service_completed_successfully' } });
    expect([init.command, board.command]).toEqual([['init'], ['serve']]);
    expect([init.command ?? [], board.command ?? []].every(isCommand)).toBe(true);
    expect(init.healthcheck).toEqual({ disable: true });
    expect([board.build, board.init, board.image === init.image]).toEqual(['.', true, true]);
  });

  it('serves what is built from these sources, never an image of that name elsewhere or of older sources', () => {
    expect([init.pull_policy, board.pull_policy]).toEqual(['build', 'build']);
  });

  it('names the same board and an address that can be read, of the node beside it', () => {
    for (const { environment } of [init, board]) {
      expect(environment['HOLDFAST_BOARD']).toBe('main');
      expect(addressOf(environment['HOLDFAST_STORE'] ?? '').url).toBe('esdb://kurrentdb:2113?tls=false');
    }
  });
});

describe('the Dockerfile', () => {
  const instructions = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ word: line.split(' ')[0], rest: line.slice(line.indexOf(' ') + 1) }));
  const argument = (word: string): string => instructions.findLast((instruction) => instruction.word === word)?.rest ?? '';

  it('runs as nobody special, with production dependencies only, on one slim image', () => {
    expect(instructions.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0])).toEqual(['node:22-slim', 'node:22-slim', 'node:22-slim']);
    expect(argument('USER')).toBe('node');
    expect(instructions.map(({ rest }) => rest)).toContainEqual(expect.stringContaining('npm ci --omit=dev'));
    expect(argument('COPY')).toBe('--from=build /app/dist dist');
  });

  it('needs nothing of a registry but that image: no frontend of its own, which BuildKit would fetch first', () => {
    expect(read('Dockerfile')).not.toMatch(/^# *syntax *=/im);
  });

  it('starts commands that exist', () => {
    expect(command(argument('ENTRYPOINT'))).toEqual(['holdfast']);
    expect(isCommand(command(argument('CMD')))).toBe(true);
    const [entry, ...health] = command(argument('HEALTHCHECK'));
    expect([entry, isCommand(health)]).toEqual(['holdfast', true]);
    expect(health).toContain('--read-only');
  });

  it('copies what there is and what .dockerignore lets through', () => {
    const copied = instructions.flatMap(({ word, rest }) => (word === 'COPY' && !rest.startsWith('--from') ? rest.split(' ').slice(0, -1) : []));
    const letThrough = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect([...new Set(copied)].toSorted()).toEqual(letThrough.toSorted());
    for (const name of copied) expect(existsSync(fileURLToPath(new URL(name, ROOT)))).toBe(true);
  });
});
