/** The known word that differs least, when it is close enough to be meant: at most a third of its letters. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) })).toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && (best.distance <= 1 || 3 * best.distance < best.candidate.length + 3) ? best.candidate : undefined;
};

const least = (a: number, b: number): number => (a < b ? a : b);

/** Letters to insert, delete, replace or swap with a neighbour (optimal string alignment). */
const editDistance = (a: string, b: string): number => {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? (i === 0 ? j : Number.POSITIVE_INFINITY);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      rows[i]?.push([at(i - 1, j) + 1, at(i, j - 1) + 1, swapped].reduce(least, replaced));
    }
  }
  return at(a.length, b.length);
};
