import { inForce, type PolicyKey, type PolicyLayers } from '../../domain/policy.ts';
import type { TaskRow } from '../taskRow.ts';
import { bySeverity, type Diagnostic } from './diagnostic.ts';
import type { Limits, Rule, Subject } from './rule.ts';
import { DIAGNOSTICS } from './rules.ts';

/** `again_at`: the next instant (ms) at which time alone changes what there is to say; null: none. */
export type Diagnosis = { readonly diagnostics: readonly Diagnostic[]; readonly again_at: number | null };

const RULES: readonly Rule[] = Object.values(DIAGNOSTICS);

const limitsFor = ({ limits: task }: TaskRow, layers: PolicyLayers): Limits => {
  const sourced = (key: PolicyKey) => inForce(key, { ...layers, task });
  return { sourced, of: (key) => sourced(key).value };
};

/** What there is to say of one task at an instant: every rule of the table, the most severe first. */
export const diagnose = (subject: Subject, layers: PolicyLayers, now: number): Diagnosis => {
  const { task } = subject;
  // Of an unreadable task nothing is believed, an archived one is over.
  if (task.status === 'unreadable' || task.status === 'archived') return { diagnostics: [], again_at: null };
  const limits = limitsFor(task, layers);
  const diagnostics = RULES.flatMap(({ look, thresholds }) => {
    const found = look(subject, limits, now);
    if (found === null) return [];
    const policy = Object.fromEntries(thresholds.map((key) => [key, limits.sourced(key)]));
    return [{ ...found.seen, task_id: task.task_id, task_title: task.title, policy, remedies: found.remedies }];
  });
  const later = RULES.flatMap(({ turns }) => turns(subject, limits)).filter((at) => at > now);
  return { diagnostics: diagnostics.toSorted(bySeverity), again_at: later.length === 0 ? null : Math.min(...later) };
};
