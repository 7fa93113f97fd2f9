import { durationText } from '../../../domain/duration.ts';
import { POLICY } from '../../../domain/limits.ts';
import type { PolicyKey, PolicyValues } from '../../../domain/policy.ts';

/** So short that a minute shows what takes an hour in earnest. */
export const SHRUNKEN = { claim_ttl_ms: 5000, heartbeat_max_stale_ms: 8000, retry_backoff_ms: 1000 } as const satisfies PolicyValues;

const SHOWN = ['claim_ttl_ms', 'heartbeat_max_stale_ms', 'stop_grace_ms', 'retry_backoff_ms', 'failure_limit'] as const satisfies readonly PolicyKey[];
const shrunken: PolicyValues = SHRUNKEN;

/** The policy of the demo beside the defaults. */
export const policyTable = (): string =>
  [
    ['policy', 'here', 'default'],
    ...SHOWN.map((key) => [key.replace(/_ms$/, ''), valueText(key, shrunken[key] ?? POLICY[key].default), valueText(key, POLICY[key].default)]),
  ]
    .map(([name = '', here = '', normal = '']) => `  ${name.padEnd(22)}${here.padEnd(8)}${normal}`)
    .join('\n');

const valueText = (key: PolicyKey, value: number): string => (key.endsWith('_ms') ? durationText(value) : String(value));
