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

type Given = { readonly ids: Ids; readonly board: string; readonly sender: Metadata['actor'] };

/** Who stands on the events, unless a call names somebody else: made once, not for each of them. */
export const senderOf = ({ actor, surface }: { readonly actor: Actor; readonly surface: string }): Metadata['actor'] => ({ surface, ...actor });

/** Fields that say what was seen when the command was given, not what was asked for: a repetition looks again, and sees other things. */
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
export const envelope = (body: JsonObject, { command_id, actor, correlation_id, causation_id }: ExecuteOptions, { ids, board, sender }: Given): Envelope => {
  const said = actor === undefined ? sender : { surface: sender.surface, ...actor };
  // A command whose id nobody chose cannot be given again: a digest would only cost time and bytes.
  if (command_id === undefined && correlation_id === undefined && causation_id === undefined)
    return { chosen: false, metadata: { board, command_id: ids.command(), actor: said } };
  return {
    chosen: command_id !== undefined,
    metadata: {
      board,
      command_id: command_id ?? ids.command(),
      ...(command_id === undefined ? {} : { command_hash: ids.digest(askedOf(body)) }),
      ...(correlation_id === undefined ? {} : { correlation_id }),
      ...(causation_id === undefined ? {} : { causation_id }),
      actor: said,
    },
  };
};

/** Events of one decision, ready to append: ids follow from stream, command id and index, from the last two alone where nobody can give that id again. */
export const enveloped = (
  stream: string,
  events: readonly { readonly type: string; readonly data: JsonObject }[],
  { metadata, chosen }: Envelope,
  ids: Ids,
): readonly NewEvent[] =>
  events.map(({ type, data }, index) => ({
    id: chosen ? ids.event(stream, metadata.command_id, index) : ids.eventOfFresh(metadata.command_id, index),
    type,
    data,
    metadata,
  }));

/** What an event says about the command that led to it. Events of other programs may say nothing. */
export const commandOf = ({ metadata }: RecordedEvent): { readonly command_id: string | undefined; readonly command_hash: string | undefined } => {
  const { command_id, command_hash } = metadata;
  return { command_id: textOf(command_id), command_hash: textOf(command_hash) };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
