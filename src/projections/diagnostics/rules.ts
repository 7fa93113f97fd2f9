import { blockUnblockCycling, stuckInBlocked } from './blockRules.ts';
import type { DiagnosticKind } from './diagnostic.ts';
import { repeatedCrashes, repeatedFailures } from './failureRules.ts';
import type { Rule } from './rule.ts';
import { notProgressing, overdue, strandedInReady } from './timeRules.ts';
import { falseReclaims, phantomMentions, phantomResults } from './wordRules.ts';

/** The one table of what is diagnosed (docs/adr/diagnostics.md says where each comes from). Pure: rows, limits and an instant in, findings out. */
export const DIAGNOSTICS: { readonly [Kind in DiagnosticKind]: Rule } = {
  phantom_results: phantomResults,
  phantom_mentions: phantomMentions,
  repeated_failures: repeatedFailures,
  repeated_crashes: repeatedCrashes,
  stuck_in_blocked: stuckInBlocked,
  block_unblock_cycling: blockUnblockCycling,
  stranded_in_ready: strandedInReady,
  not_progressing: notProgressing,
  false_reclaim: falseReclaims,
  overdue,
};
