import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { z } from 'zod';
import type { Expected } from './log.ts';

const loaded = loadSync(['streams.proto', 'serverfeatures.proto', 'gossip.proto'], {
  includeDirs: [fileURLToPath(new URL('protos', import.meta.url))],
  keepCase: true,
  longs: String,
  oneofs: true,
});
const packages = loadPackageDefinition(loaded);

const serviceOf = (name: string): ServiceDefinition => {
  let at: unknown = packages;
  for (const part of name.split('.')) at = Reflect.get(Object(at), part);
  return z.custom<ServiceDefinition>((value) => typeof value === 'object' && value !== null).parse(Reflect.get(Object(at), 'service'));
};

export const services = {
  streams: serviceOf('event_store.client.streams.Streams'),
  features: serviceOf('event_store.client.server_features.ServerFeatures'),
  gossip: serviceOf('event_store.client.gossip.Gossip'),
};

const Serialize = z.custom<(message: object) => Buffer>((value) => typeof value === 'function');

/** A google.protobuf.Any of one of the protocol's messages. */
export const anyOf = (type: string, message: object): { readonly type_url: string; readonly value: Buffer } => {
  const serialize = Serialize.parse(Reflect.get(Object(loaded[type]), 'serialize'));
  return { type_url: `type.googleapis.com/${type}`, value: serialize(message) };
};

const Big = z.string().transform(BigInt);
const Nothing = z.object({});
const Stream = z.object({ stream_name: z.instanceof(Buffer) }).transform(({ stream_name }) => stream_name.toString());
const Uuid = z.object({ string: z.string().optional() }).transform(({ string }) => string ?? '');

const Message = z.object({
  id: Uuid.optional(),
  metadata: z.record(z.string(), z.string()).default({}),
  custom_metadata: z.instanceof(Buffer).default(Buffer.alloc(0)),
  data: z.instanceof(Buffer).default(Buffer.alloc(0)),
});
export const proposed = z.transform((value: unknown) => {
  const { id = '', ...message } = Message.parse(value);
  return { id, ...message };
});

const expectation = { revision: Big.optional(), stream_position: Big.optional(), no_stream: Nothing.optional(), stream_exists: Nothing.optional() };
const Target = z
  .object({ stream_identifier: Stream.default(''), ...expectation, deadline: z.object({ seconds: Big, nanos: z.number().default(0) }).optional() })
  .transform(({ stream_identifier: stream, deadline, ...given }) => ({
    stream,
    expected: expectedOf(given),
    ...(deadline && { deadline_ms: Number(deadline.seconds) * 1000 }),
  }));

const expectedOf = (given: {
  readonly revision?: bigint | undefined;
  readonly stream_position?: bigint | undefined;
  readonly no_stream?: object | undefined;
  readonly stream_exists?: object | undefined;
}): Expected => {
  if (given.no_stream !== undefined) return 'no_stream';
  if (given.stream_exists !== undefined) return 'stream_exists';
  return given.revision ?? given.stream_position ?? 'any';
};

export const AppendReq = z.object({ options: Target.optional(), proposed_message: proposed.optional() });
export const BatchAppendReq = z.object({
  correlation_id: Uuid,
  options: Target.optional(),
  proposed_messages: z.array(proposed).default([]),
  is_final: z.boolean().default(false),
});
export const DeleteReq = z.object({ options: Target });

const Position = z.object({ commit_position: Big.default(0n), prepare_position: Big.default(0n) });
const Expression = z.object({ regex: z.string().default(''), prefix: z.array(z.string()).default([]) });
export const ReadReq = z.object({
  options: z.object({
    stream: z.object({ stream_identifier: Stream, revision: Big.optional(), start: Nothing.optional(), end: Nothing.optional() }).optional(),
    all: z.object({ position: Position.optional(), start: Nothing.optional(), end: Nothing.optional() }).optional(),
    read_direction: z.enum(['Forwards', 'Backwards']).or(z.number()).default('Forwards'),
    count: Big.optional(),
    subscription: Nothing.optional(),
    filter: z
      .object({
        stream_identifier: Expression.optional(),
        event_type: Expression.optional(),
        max: z.number().optional(),
        checkpointIntervalMultiplier: z.number().default(1),
      })
      .optional(),
  }),
});
export type ReadOptions = z.output<typeof ReadReq>['options'];
