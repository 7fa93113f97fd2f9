import type { z } from 'zod';
import { busySchema } from './busySchema.ts';

/** An event as it stands in a stream. */
export type Wire = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

/** An event that this version cannot read: a later version's type, or data that its schema refuses. Never skipped silently. */
export type Unreadable = { readonly unreadable: true; readonly type: string; readonly why: string };

/** From one wire type to the next: `TaskClaimed` → `TaskClaimed.v2`. Readers meet only the newest shape. */
export type Upcaster = { readonly to: string; readonly up: (data: Wire['data']) => Wire['data'] };
export type Upcasters = ReadonlyMap<string, Upcaster>;

type AnyEvent = { readonly type: string; readonly data: object };

type Codec<Event extends AnyEvent> = {
  /** As a replay reads it: upcast, its type known, its content trusted to the store's checksum. */
  readonly decode: (wire: Wire) => Event | Unreadable;
  /** As `verify` reads it: the content too. */
  readonly parse: (wire: Wire) => Event | Unreadable;
  /** As it is appended: parsed, under the newest wire type. Throws a ZodError when its data break their schema, which is a defect. */
  readonly encode: (event: Event) => Wire;
};

const upcast = (wire: Wire, upcasters: Upcasters): Wire => {
  const step = upcasters.get(wire.type);
  return step === undefined ? wire : upcast({ type: step.to, data: step.up(wire.data) }, upcasters);
};

const newest = (type: string, upcasters: Upcasters): string => {
  const step = upcasters.get(type);
  return step === undefined ? type : newest(step.to, upcasters);
};

type EventSchema = { readonly shape: { readonly type: { readonly value: string }; readonly data: z.ZodType<Wire['data']> } };

/** Translates between events and what is stored. `events`: the schema of each; an event's name is also its first wire type. `schema`: the union of all of them. */
export const codecOf = <Event extends AnyEvent>({
  events,
  schema,
  upcasters,
}: {
  readonly events: readonly EventSchema[];
  readonly schema: z.ZodType<Event>;
  readonly upcasters: Upcasters;
}): Codec<Event> => {
  const dataOf = new Map(events.map(({ shape }) => [shape.type.value, busySchema(shape.data)]));
  const wireOf = new Map(Array.from(dataOf.keys(), (type) => [type, newest(type, upcasters)]));
  const typeOf = new Map([...wireOf].map(([type, wire]) => [wire, type]));

  const known = (event: AnyEvent): event is Event => wireOf.has(event.type);
  const decode = (wire: Wire): Event | Unreadable => {
    const { type, data } = upcast(wire, upcasters);
    const event = { type: typeOf.get(type) ?? '', data };
    return known(event) ? event : unknownType(wire.type);
  };
  const parse = (wire: Wire): Event | Unreadable => {
    const event = decode(wire);
    if ('unreadable' in event) return event;
    const parsed = schema.safeParse(event);
    return parsed.success ? parsed.data : { unreadable: true, type: wire.type, why: issueText(parsed.error) };
  };
  const encode = ({ type, data }: Event): Wire => {
    const checked = dataOf.get(type)?.().parse(data);
    if (checked === undefined) throw new Error(`there is no event ${type}`);
    return { type: wireOf.get(type) ?? type, data: checked };
  };
  return { decode, parse, encode };
};

const unknownType = (type: string): Unreadable => ({ unreadable: true, type, why: 'this version knows no such event' });

const issueText = (error: z.ZodError): string => error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
