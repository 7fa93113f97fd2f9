/** What a zod schema is to a worker: it parses or says why not. */
export type Schema<T> = {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };
};

/** A value given to or kept by the board that is not what the worker's schema, or the board's limits, allow. */
export class InvalidValue extends Error {
  override readonly name = 'InvalidValue';
}

/** The value as the schema gives it; as it is when there is no schema. Throws InvalidValue, one line for each problem. */
export const parsed = (schema: Schema<unknown> | undefined, value: unknown, what: string): unknown => {
  if (schema === undefined) return value;
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  throw new InvalidValue(outcome.error.issues.map(({ path, message }) => `${[what, ...path.map(String)].join('.')}: ${message}`).join('\n'));
};

/** A value as it will be stored: without undefined fields, dates as text. Throws InvalidValue when it is not JSON or breaks the schema's limits. */
export const asStored = <T>(schema: Schema<T>, value: unknown, what: string): T => {
  const outcome = schema.safeParse(asJson(value, what));
  if (outcome.success) return outcome.data;
  throw new InvalidValue(outcome.error.issues.map(({ message }) => `${what}: ${message}`).join('\n'));
};

const asJson = (value: unknown, what: string): unknown => {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch (cause) {
    throw new InvalidValue(`${what}: not JSON`, { cause });
  }
};
