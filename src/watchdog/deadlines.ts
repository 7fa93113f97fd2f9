const BLOCK = 1024;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Deadlines (ms, any scale) by dense slot: one flat array, so that pushing a deadline later is one store (facts/embedded-store.md §6), and
 * per 1024 slots a lower bound of their minimum, so that a pass skips what is not due.
 */
interface Deadlines {
  /** Takes a free slot. */
  add(deadline: number): number;
  /** Moves the deadline of a slot that is taken, in either direction; Infinity: never. */
  set(slot: number, deadline: number): void;
  get(slot: number): number;
  /** Gives the slot back. */
  remove(slot: number): void;
  /** The earliest deadline; Infinity when there is none. */
  next(): number;
  /** Slots whose deadline is at or before `now`, the earliest first. Their deadlines become Infinity: whoever takes them sets new ones. */
  due(now: number): readonly number[];
  /** No getter: V8 keeps an object literal with one as a dictionary and inlines nothing of it, and `set` took ten times as long. */
  size(): number;
}

type Due = { readonly slot: number; readonly deadline: number };

export const deadlines = (): Deadlines => {
  let at = new Float64Array(BLOCK).fill(NEVER);
  let bounds = new Float64Array(1).fill(NEVER);
  const free: number[] = [];
  let used = 0;

  const grow = (): void => {
    const wider = new Float64Array(at.length * 2).fill(NEVER);
    wider.set(at);
    at = wider;
    const more = new Float64Array(bounds.length * 2).fill(NEVER);
    more.set(bounds);
    bounds = more;
  };
  const set = (slot: number, deadline: number): void => {
    at[slot] = deadline;
    const block = Math.floor(slot / BLOCK);
    if (deadline < (bounds[block] ?? NEVER)) bounds[block] = deadline;
  };
  /** Puts the exact minimum of a block in place of its bound, which is too low after deadlines were moved later. */
  const tighten = (block: number): number => {
    let least = NEVER;
    for (let slot = block * BLOCK; slot < (block + 1) * BLOCK; slot += 1) {
      const deadline = at[slot] ?? NEVER;
      if (deadline < least) least = deadline;
    }
    bounds[block] = least;
    return least;
  };
  const take = (block: number, now: number, taken: Due[]): void => {
    let least = NEVER;
    for (let slot = block * BLOCK; slot < (block + 1) * BLOCK; slot += 1) {
      const deadline = at[slot] ?? NEVER;
      if (deadline <= now) {
        taken.push({ slot, deadline });
        at[slot] = NEVER;
      } else if (deadline < least) least = deadline;
    }
    bounds[block] = least;
  };
  return {
    add: (deadline) => {
      const slot = free.pop() ?? used++;
      if (slot >= at.length) grow();
      set(slot, deadline);
      return slot;
    },
    set,
    get: (slot) => at[slot] ?? NEVER,
    remove: (slot) => {
      at[slot] = NEVER;
      free.push(slot);
    },
    next: () => {
      let earliest = NEVER;
      for (let block = 0; block < bounds.length; block += 1) {
        const least = (bounds[block] ?? NEVER) < earliest ? tighten(block) : NEVER;
        if (least < earliest) earliest = least;
      }
      return earliest;
    },
    due: (now) => {
      const taken: Due[] = [];
      for (let block = 0; block < bounds.length; block += 1) if ((bounds[block] ?? NEVER) <= now) take(block, now, taken);
      return taken.toSorted((a, b) => a.deadline - b.deadline).map(({ slot }) => slot);
    },
    size: () => used - free.length,
  };
};
