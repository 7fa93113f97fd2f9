/** One number per slot, growing; NaN where nothing was set. Eight bytes a claim, where an object would cost fifty. */
type Column = { readonly get: (slot: number) => number; readonly set: (slot: number, value: number) => void };

export const column = (): Column => {
  let values = new Float64Array(1024).fill(Number.NaN);
  return {
    get: (slot) => values[slot] ?? Number.NaN,
    set: (slot, value) => {
      if (slot >= values.length) {
        const wider = new Float64Array(Math.max(values.length * 2, slot + 1)).fill(Number.NaN);
        wider.set(values);
        values = wider;
      }
      values[slot] = value;
    },
  };
};
