import { DURATION_FORMS, durationText, parseDuration } from '../../domain/duration.ts';
import { POLICY, PolicyKey, PolicyValues } from '../../domain/policy.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

const KEYS = PolicyKey.options;
/** As people type it: durations without their suffix. */
export const nameOf = (key: PolicyKey): string => key.replace(/_ms$/, '');
const NAMES = KEYS.map(nameOf);

/** The key of a name as people type it. @throws UsageError */
export const policyKey = (name: string): PolicyKey => {
  const key = KEYS.find((known) => known === name || nameOf(known) === name);
  if (key !== undefined) return key;
  const guess = nearest(name, NAMES);
  throw new UsageError(`There is no policy ‘${name}’.${guess === undefined ? '' : ` Did you mean ${guess}?`} There are: ${NAMES.join(', ')}`, {
    value: name,
    allowed: NAMES,
  });
};

/** `claim_ttl=5m`, `failure_limit=3` … @throws UsageError with the value and the range */
export const policyFrom = (settings: readonly string[]): PolicyValues => {
  const entries = settings.map((setting) => {
    const [name = '', ...rest] = setting.split('=');
    return [policyKey(name), valueFor(policyKey(name), rest.join('='))] as const;
  });
  return PolicyValues.parse(Object.fromEntries(entries));
};

const isDuration = (key: PolicyKey): boolean => key.endsWith('_ms');

const valueFor = (key: PolicyKey, text: string): number => {
  const value = isDuration(key) ? parseDuration(text) : /^\d+$/.test(text) ? Number(text) : undefined;
  const range = rangeText(key);
  if (value === undefined || !inRange(key, value)) {
    const form = value === undefined && isDuration(key) ? `${DURATION_FORMS}, ` : '';
    throw new UsageError(`${nameOf(key)} ‘${text}’ is not allowed: ${form}${range}`, { field: nameOf(key), value: text, allowed: `${form}${range}` });
  }
  return value;
};

/** What a limit takes, for people. */
export const rangeText = (key: PolicyKey): string => {
  const { min, max, zero } = POLICY[key];
  return `${policyText(key, min)} to ${policyText(key, max)}${zero === 'refused' ? '' : zero === 'off' ? ', or 0 for off' : ', or 0'}`;
};
export const inRange = (key: PolicyKey, value: number): boolean => PolicyValues.shape[key].safeParse(value).success;

/** A value of one policy for people. */
export const policyText = (key: PolicyKey, value: number): string => {
  if (value === 0 && POLICY[key].zero === 'off') return 'off';
  return isDuration(key) ? durationText(value) : String(value);
};
