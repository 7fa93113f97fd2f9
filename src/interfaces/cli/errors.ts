/** The command line is wrong: says what, the value, and what is allowed. Nothing was written. Exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.facts = facts;
  }
}
