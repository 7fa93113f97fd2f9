/** `fail`: the board cannot be relied on. `warn`: it works, and somebody should look. */
export type Level = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. `check`: a stable name. `saw`: what was there, with units. `mend`: what to do about it, a command where there is one. */
export type Finding = { readonly check: string; readonly level: Level; readonly saw: string; readonly mend: string | null };

export const fine = (check: string, saw: string): Finding => ({ check, level: 'ok', saw, mend: null });
export const warning = (check: string, saw: string, mend: string): Finding => ({ check, level: 'warn', saw, mend });
export const failing = (check: string, saw: string, mend: string): Finding => ({ check, level: 'fail', saw, mend });

/** An error as a finding, with how to mend it when it says so. */
export const failedWith = (check: string, error: unknown, mend: string): Finding => {
  const saw = error instanceof Error ? error.message : String(error);
  return failing(check, saw, error instanceof Error && 'mend' in error && typeof error.mend === 'string' ? error.mend : mend);
};
