/** Whether the store answers to one kind of call. Times are monotonic ms. */
interface Outage {
  /** Makes a call. Silence, or a failure to reach the store, is an outage since the call began, or since the last answer if that is later. An answer ends it. */
  measure<Answer>(call: () => Promise<Answer>): Promise<Answer>;
  /** How long the store has been out of reach; 0 when nothing is waiting for it. */
  silence(): number;
  /** The longest silence that has ended since this was last asked. */
  ended(): number;
  /** The last call failed to reach the store. */
  failing(): boolean;
}

/** Infrastructure that cannot be reached; any other error is an answer of a store that is there. The class is the event store's own. */
export const isUnreachable = (error: unknown): boolean => error instanceof Error && error.name === 'StoreUnavailable';

export const outage = (monotonic: () => number): Outage => {
  const open = new Set<{ readonly began: number }>();
  let failedFrom: number | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let longest = 0;
  const silentSince = (began: number): number => Math.max(answeredAt, Math.min(began, failedFrom ?? began));
  const answered = (began: number): void => {
    longest = Math.max(longest, monotonic() - silentSince(began));
    failedFrom = undefined;
    answeredAt = monotonic();
  };
  return {
    measure: async (call) => {
      const mine = { began: monotonic() };
      open.add(mine);
      try {
        const answer = await call();
        answered(mine.began);
        return answer;
      } catch (error) {
        if (isUnreachable(error)) failedFrom = silentSince(mine.began);
        else answered(mine.began);
        throw error;
      } finally {
        open.delete(mine);
      }
    },
    silence: () => {
      const [oldest] = open; // calls begin in order
      const from = oldest?.began ?? failedFrom;
      return from === undefined ? 0 : monotonic() - silentSince(from);
    },
    ended: () => {
      const was = longest;
      longest = 0;
      return was;
    },
    failing: () => failedFrom !== undefined,
  };
};
