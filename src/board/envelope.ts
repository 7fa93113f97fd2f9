import { sortedJson } from '../domain/json.ts';
import type { JsonObject, NewEvent, RecordedEvent } from '../eventstore/port.ts';
import type { Actor, ExecuteOptions, Metadata } from './board.ts';
import type { Ids } from './ports.ts';

/** One command on its way: its id, the digest of its body, and who gave it. */
export type Envelope = {
  readonly metadata: Metadata;
  /** The caller chose the command id, so an earlier run of the same command may be in the stream. */
  readonly chosen: boolean;
};

type Given = { readonly ids: Ids; readonly board: string; readonly actor: Actor; readonly surface: string };

/** What was seen when a command was given, not asked for: whoever gives it again looks again, and sees other things. */
const SEEN: ReadonlySet<string> = new Set([
  'at',
  'process',
  'probe',
  'judge',
  'lingering',
  'by_human',
  'by',
  'parents_seen',
  'cycle',
  'view_behind',
  'discounted_ms',
  'beat_discounted_ms',
]);

/** Tells two commands, or what they led to, apart by what was asked. */
export const askedOf = (body: JsonObject): string => sortedJson(Object.fromEntries(Object.entries(body).filter(([field]) => !SEEN.has(field))));

/** The metadata of every event that the command leads to. */
export const envelope = (body: JsonObject, { command_id, actor, correlation_id, causation_id }: ExecuteOptions, given: Given): Envelope => ({
  chosen: command_id !== undefined,
  metadata: {
    board: given.board,
    command_id: command_id ?? given.ids.command(),
    // Nobody can give again what nobody chose: a digest would only cost time and bytes.
    ...(command_id === undefined ? {} : { command_hash: given.ids.digest(askedOf(body)) }),
    ...(correlation_id === undefined ? {} : { correlation_id }),
    ...(causation_id === undefined ? {} : { causation_id }),
    actor: { surface: given.surface, ...(actor ?? given.actor) },
  },
});

/** Events of one decision, ready to append: ids follow from stream, command id and index. */
export const enveloped = (
  stream: string,
  events: readonly { readonly type: string; readonly data: JsonObject }[],
  { metadata }: Envelope,
  ids: Ids,
): readonly NewEvent[] => events.map(({ type, data }, index) => ({ id: ids.event(stream, metadata.command_id, index), type, data, metadata }));

/** What an event says about the command that led to it. Events of other programs may say nothing. */
export const commandOf = ({ metadata }: RecordedEvent): { readonly command_id: string | undefined; readonly command_hash: string | undefined } => {
  const { command_id, command_hash } = metadata;
  return { command_id: textOf(command_id), command_hash: textOf(command_hash) };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
