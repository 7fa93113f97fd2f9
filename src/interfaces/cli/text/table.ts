/** Left-aligned columns, two blanks between; the last one as long as it is. Empty for no rows. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<readonly number[]>((sofar, row) => row.map((cell, n) => Math.max(sofar[n] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, n) => (n === row.length - 1 ? cell : cell.padEnd(widths[n] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
