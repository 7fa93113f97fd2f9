import { z } from 'zod';
import { Json } from '../json.ts';

/** Bytes of a value as JSON in UTF-8. */
const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value) ?? '').length;

const KIB = 1024;
const atMost = (kib: number, what: string) => Json.refine((value) => jsonBytes(value) <= kib * KIB, { error: `${what} may be at most ${kib} KiB as JSON` });
const text = (max: number, what: string) => z.string().max(max, `${what} may have at most ${max} characters`);

// Caps: what a successor's prompt and a board listing can carry (facts/users-needs.md §28); blobs belong outside the log.
export const Title = text(500, 'a title').min(1, 'a title may not be empty');
/** What a task is given today; older events may hold a blank one. */
export const NewTitle = text(500, 'a title').regex(/\S/, 'a title may not be blank');
export const Body = text(64 * KIB, 'a body');
/** Of a text, such as an error. */
export const MOST_CHARACTERS = 16 * KIB;
export const Text = text(MOST_CHARACTERS, 'a text');
export const Note = text(2000, 'a note');
export const Reason = text(4000, 'a reason');
export const Summary = text(16 * KIB, 'a summary');
export const Input = atMost(64, 'an input');
export const Result = atMost(64, 'a result');
export const Checkpoint = atMost(16, 'a checkpoint');
const PERCENT_RANGE = 'a percentage is a number from 0 to 100';
export const Percent = z.number(PERCENT_RANGE).min(0, PERCENT_RANGE).max(100, PERCENT_RANGE);
const PRIORITY_RANGE = 'a priority is a whole number from -1000 to 1000';
export const Priority = z.int(PRIORITY_RANGE).min(-1000, PRIORITY_RANGE).max(1000, PRIORITY_RANGE);
const words = (max: number, what: string) => {
  const range = `${what} has 1 to ${max} characters`;
  return z.string(range).min(1, range).max(max, range);
};
const Label = words(100, 'a label');
export const Labels = z.array(Label).max(50, 'a task may have at most 50 labels');
export const Artifacts = z.array(words(1000, 'an artifact')).max(100, 'a run may name at most 100 artifacts');
export const IdempotencyKey = words(500, 'an idempotency key');
