import { Metadata, type sendUnaryData, type ServerDuplexStream, type ServerReadableStream, type ServerUnaryCall, status } from '@grpc/grpc-js';
import type { Commit, Outcome } from './commits.ts';
import type { Appended, Expected, Log, Proposed } from './log.ts';
import { anyOf, AppendReq, BatchAppendReq, DeleteReq } from './wire.ts';

type Target = { readonly stream: string; readonly expected: Expected; readonly deadline_ms?: number };

/** A status with the trailers by which the client tells errors apart. */
export const failed = (code: number, details: string, exception?: string, more: Readonly<Record<string, string>> = {}) => {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return { code, details, metadata };
};

/** The classic path: one call an append. */
export const classicAppend =
  (commit: Commit, leader: () => number) =>
  (call: ServerReadableStream<unknown, object>, answer: sendUnaryData<object>): void => {
    let target: Target = { stream: '', expected: 'any' };
    const events: Proposed[] = [];
    call.on('data', (raw: unknown) => {
      const { options, proposed_message } = AppendReq.parse(raw);
      if (options !== undefined) target = options;
      if (proposed_message !== undefined) events.push(proposed_message);
    });
    call.on('end', () => {
      // Given up half-way: nothing is written. A call that is cut off ends first, and is known to be cancelled a turn later.
      setImmediate(() => {
        if (!call.cancelled) void commit(target.stream, events, target.expected).then((outcome) => answerClassic(outcome, target, answer, leader));
      });
    });
  };

const answerClassic = (outcome: Outcome, { stream, expected }: Target, answer: sendUnaryData<object>, leader: () => number): void => {
  switch (outcome.kind) {
    case 'success':
      return answer(null, { success: { current_revision: outcome.revision.toString(), position: positionOf(outcome.position) } });
    case 'wrong_expected_version':
      return answer(null, {
        wrong_expected_version: {
          ...(outcome.current === 'no_stream' ? { current_no_stream: {} } : { current_revision: outcome.current.toString() }),
          ...(typeof expected === 'bigint' ? { expected_revision: expected.toString() } : { [`expected_${expected}`]: {} }),
        },
      });
    case 'stream_deleted':
      return answer(failed(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', { 'stream-name': stream }));
    case 'too_large':
      return answer(failed(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', 'maximum-append-size-exceeded', { 'maximum-append-size': '1048576' }));
    case 'bad_request':
      return answer(failed(status.INVALID_ARGUMENT, 'BadRequest'));
    case 'timeout':
      return answer(failed(status.ABORTED, 'Operation timed out'));
    case 'busy':
      return answer(failed(status.UNAVAILABLE, 'Server Is Busy'));
    case 'not_ready':
      return answer(failed(status.UNAVAILABLE, 'Server Is Not Ready'));
    case 'access_denied':
      return answer(failed(status.PERMISSION_DENIED, 'Access Denied', 'access-denied'));
    case 'not_leader':
      return answer(
        failed(status.NOT_FOUND, 'Leader info available', 'not-leader', { 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': String(leader()) }),
      );
    case 'silence':
  }
};

/** The batch path: one stream for all, answers by correlation id. `now`: the server's clock. */
export const batchAppend =
  (commit: Commit, now: () => number) =>
  (call: ServerDuplexStream<unknown, object>): void => {
    const open = new Map<string, { readonly target: Target; readonly events: Proposed[] }>();
    call.on('data', (raw: unknown) => {
      const { correlation_id, options, proposed_messages, is_final } = BatchAppendReq.parse(raw);
      if (options !== undefined) open.set(correlation_id, { target: options, events: [] });
      const request = open.get(correlation_id);
      request?.events.push(...proposed_messages);
      if (request === undefined || !is_final) return;
      open.delete(correlation_id);
      const late = request.target.deadline_ms !== undefined && request.target.deadline_ms <= now();
      const outcome = late ? Promise.resolve<Outcome>({ kind: 'timeout' }) : commit(request.target.stream, request.events, request.target.expected);
      void answerBatch(call, correlation_id, request.target, outcome);
    });
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };

const answerBatch = async (call: ServerDuplexStream<unknown, object>, correlationId: string, target: Target, outcome: Promise<Outcome>): Promise<void> => {
  const content = batchAnswer(await outcome, target);
  if (content !== undefined) call.write({ correlation_id: { string: correlationId }, stream_identifier: identifier(target.stream), ...content });
};

const batchAnswer = (outcome: Outcome, { expected, stream }: Target): object | undefined => {
  switch (outcome.kind) {
    case 'success':
      return { success: { current_revision: outcome.revision.toString(), position: positionOf(outcome.position) } };
    case 'wrong_expected_version':
      return problem(6, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', {
        ...(outcome.current === 'no_stream' ? { current_no_stream: {} } : { current_stream_revision: outcome.current.toString() }),
        ...(typeof expected === 'bigint' ? { expected_stream_position: expected.toString() } : { [`expected_${expected}`]: {} }),
      });
    case 'stream_deleted':
      return problem(5, 'StreamDeleted', 'event_store.client.StreamDeleted', { stream_identifier: identifier(stream) });
    case 'too_large':
      return problem(3, '', 'event_store.client.MaximumAppendSizeExceeded', { maxAppendSize: 1_048_576 });
    case 'bad_request':
      return problem(3, 'BadRequest', 'event_store.client.BadRequest', {});
    case 'timeout':
      return problem(4, 'Timeout', 'event_store.client.Timeout', {});
    case 'access_denied':
      return problem(7, 'AccessDenied', 'event_store.client.AccessDenied', {});
    case 'busy':
      return problem(14, 'Server Is Busy', 'google.protobuf.Empty', {});
    case 'not_ready':
      return problem(14, 'Server Is Not Ready', 'google.protobuf.Empty', {});
    case 'not_leader':
      return problem(14, 'Not Leader', 'google.protobuf.Empty', {});
    case 'silence':
      return undefined;
  }
};

const problem = (code: number, message: string, type: string, details: object) => ({ error: { code, message, details: anyOf(type, details) } });

/** Delete (soft) and tombstone. */
export const removal =
  (log: Log, hard: boolean) =>
  (call: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>): void => {
    const { stream, expected } = DeleteReq.parse(call.request).options;
    const outcome = log.remove(stream, expected, hard);
    answerRemoval(outcome, stream, expected, answer);
  };

const answerRemoval = (outcome: Appended, stream: string, expected: Expected, answer: sendUnaryData<object>): void => {
  if (outcome.kind === 'success') return answer(null, { position: positionOf(outcome.position) });
  if (outcome.kind === 'stream_deleted') return answer(failed(status.FAILED_PRECONDITION, 'deleted', 'stream-deleted', { 'stream-name': stream }));
  const actual = outcome.kind === 'wrong_expected_version' && outcome.current !== 'no_stream' ? { 'actual-version': outcome.current.toString() } : {};
  const wrong = { 'stream-name': stream, 'expected-version': typeof expected === 'bigint' ? expected.toString() : '-1', ...actual };
  answer(failed(status.FAILED_PRECONDITION, 'Wrong expected version', 'wrong-expected-version', wrong));
};

export const identifier = (stream: string) => ({ stream_name: Buffer.from(stream) });
const positionOf = (position: bigint) => ({ commit_position: position.toString(), prepare_position: position.toString() });
