import type { Diagnosis } from './diagnose.ts';
import type { Diagnostic } from './diagnostic.ts';

/** `changed`: another severity, count or facts; that time has passed alone is no change. `cleared` carries it as it was last. */
export type DiagnosticChange = { readonly change: 'raised' | 'changed' | 'cleared'; readonly diagnostic: Diagnostic };

const said = (diagnostic: Diagnostic): string => {
  const { last_seen: _, remedies: __, task_title: ___, ...rest } = diagnostic;
  return JSON.stringify(rest);
};

/** What became of a task's diagnostics; each kind occurs once in either. */
export const changesBetween = (before: readonly Diagnostic[], after: readonly Diagnostic[]): readonly DiagnosticChange[] => {
  const known = new Map(before.map((diagnostic) => [diagnostic.kind, diagnostic]));
  const told = after.flatMap((diagnostic): readonly DiagnosticChange[] => {
    const was = known.get(diagnostic.kind);
    if (was === undefined) return [{ change: 'raised', diagnostic }];
    return said(was) === said(diagnostic) ? [] : [{ change: 'changed', diagnostic }];
  });
  const left = new Set(after.map(({ kind }) => kind));
  return [...before.filter(({ kind }) => !left.has(kind)).map((diagnostic): DiagnosticChange => ({ change: 'cleared', diagnostic })), ...told];
};

/** What was last said of each task, and when to look again; what says nothing and waits for nothing is not kept. */
export type Ledger = {
  readonly get: (taskId: string) => Diagnosis | undefined;
  /** Takes what is so now, and answers what changed. */
  readonly put: (taskId: string, now: Diagnosis) => readonly DiagnosticChange[];
  readonly tasks: () => readonly string[];
  /** Tasks to look at again by an instant (ms). */
  readonly due: (now: number) => readonly string[];
  /** The next such instant; null: none. */
  readonly next: () => number | null;
};

export const ledger = (): Ledger => {
  const held = new Map<string, Diagnosis>();
  return {
    get: (taskId) => held.get(taskId),
    put: (taskId, now) => {
      const before = held.get(taskId);
      if (now.diagnostics.length === 0 && now.again_at === null) held.delete(taskId);
      else held.set(taskId, now);
      return changesBetween(before?.diagnostics ?? [], now.diagnostics);
    },
    tasks: () => [...held.keys()],
    due: (now) => [...held].flatMap(([taskId, { again_at }]) => (again_at !== null && again_at <= now ? [taskId] : [])),
    next: () => {
      let first: number | null = null;
      for (const { again_at } of held.values()) if (again_at !== null && (first === null || again_at < first)) first = again_at;
      return first;
    },
  };
};
