/** One number per slot, growing. Eight bytes a claim or less, where an object would cost fifty. */
type Column = { readonly get: (slot: number) => number; readonly set: (slot: number, value: number) => void };

type Block = Float64Array | Uint32Array | Uint8Array;

const SLOTS = 1024;

/** A block of slots is made when one of them is first set. So growing copies nothing, and a column that nobody sets costs nothing. */
const columnOf = (block: () => Block, unset: number): Column => {
  const blocks: (Block | undefined)[] = [];
  return {
    get: (slot) => blocks[Math.floor(slot / SLOTS)]?.[slot % SLOTS] ?? unset,
    set: (slot, value) => {
      const at = Math.floor(slot / SLOTS);
      const values = (blocks[at] ??= block());
      values[slot % SLOTS] = value;
    },
  };
};

/** Any number; NaN where nothing was set. Eight bytes each. */
export const column = (): Column => columnOf(() => new Float64Array(SLOTS).fill(Number.NaN), Number.NaN);

export const MOST_WHOLE = 0xffff_ffff;
/** Whole numbers from 0 to `MOST_WHOLE`; 0 where nothing was set. Four bytes each. */
export const wholes = (): Column => columnOf(() => new Uint32Array(SLOTS), 0);

/** Whole numbers from 0 to 255; 0 where nothing was set. One byte each. */
export const marks = (): Column => columnOf(() => new Uint8Array(SLOTS), 0);
