import { DURATION_FORMS, parseDuration } from '../../../domain/duration.ts';
import { PolicyKey, PolicyValues } from '../../../domain/policy.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../../../domain/nearest.ts';
import { inRange, isDuration, nameOf, rangeText } from '../text/policyText.ts';

const KEYS = PolicyKey.options;
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

const valueFor = (key: PolicyKey, text: string): number => {
  const value = isDuration(key) ? parseDuration(text) : /^\d+$/.test(text) ? Number(text) : undefined;
  const range = rangeText(key);
  if (value === undefined || !inRange(key, value)) {
    const form = value === undefined && isDuration(key) ? `${DURATION_FORMS}, ` : '';
    throw new UsageError(`${nameOf(key)} ‘${text}’ is not allowed: ${form}${range}`, { field: nameOf(key), value: text, allowed: `${form}${range}` });
  }
  return value;
};
