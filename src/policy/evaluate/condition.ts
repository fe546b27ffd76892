/**
 * The `Condition` element. The operators, and what a missing key means to each:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
import type { Conditions } from '../document.ts';
import { literal, type Tokens } from '../glob.ts';
import { all, any, not, toAnswer, type Answer } from './answer.ts';
import { keyState } from './context.ts';
import {
  EXACT,
  EXACT_WITHOUT_CASE,
  LIKE,
  matchExpected,
  readExpected,
  type Reading,
  type Style,
} from './match.ts';

/** Do all conditions hold? */
export function conditionsHold(conditions: Conditions, reading: Reading): Answer {
  return all(
    Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => conditionHolds(operator, key, values, reading)),
    ),
  );
}

function conditionHolds(name: string, key: string, expected: readonly string[], reading: Reading): Answer {
  const { qualifier, base, ifExists } = parseOperator(name);
  const state = keyState(reading.context, key);
  if (state === 'unknown') return { unknown: `the condition key ${key}` };
  if (base === 'null') {
    const isNull = String(state === 'absent');
    return any(expected.map((value) => toAnswer(value.toLowerCase() === isNull)));
  }
  const operator = OPERATORS.get(base);
  if (operator === undefined) return { unknown: `the condition operator ${name} on ${key}` };
  if (state === 'absent') {
    if (qualifier === undefined) return toAnswer(ifExists || operator.negated);
    if (qualifier === 'forallvalues') return 'yes';
    // AWS says that a missing key makes `ForAnyValue` false, and that it makes `IfExists` true.
    return ifExists ? { unknown: `what ${name} makes of ${key}, which is missing` } : 'no';
  }
  const tests = state.map((value) => testValue(operator, value, expected, reading));
  if (qualifier === 'forallvalues') return all(tests);
  if (qualifier === 'foranyvalue') return any(tests);
  const [only = 'no', ...more] = tests;
  return more.length === 0 ? only : { unknown: `which of its values ${name} compares of ${key}` };
}

/** `ForAllValues:StringLikeIfExists` split into its parts, in lower case. */
function parseOperator(name: string) {
  const [, qualifier, base = '', ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s.exec(name.toLowerCase()) ?? [];
  return { qualifier, base, ifExists: ifExists !== undefined };
}

interface Operator {
  readonly negated: boolean;
  readonly test: Test;
}

/** Whether a value of the request matches one value of the policy. Undefined if the policy's value contains a variable for which
 *  the request has no value. */
type Test = (value: string, expected: string, reading: Reading) => Answer | undefined;

/** A negated operator requires that none of the policy's values matches, any other that one does. */
function testValue(
  { negated, test }: Operator,
  value: string,
  expected: readonly string[],
  reading: Reading,
): Answer {
  const met = any(
    expected.map(
      (one) =>
        test(value, one, reading) ??
        (negated ? { unknown: `the policy variables in ${one}` } : ('no' as const)),
    ),
  );
  return negated ? not(met) : met;
}

function textTest(style: Style, readValue: (value: string) => Tokens): Test {
  return (value, expected, reading) => {
    const read = readExpected(expected, reading, style);
    return read && matchExpected(read, readValue(value), reading.budget);
  };
}

/** The six parts of an ARN are compared one by one: a wildcard does not cross a colon, except in the last part. */
const arn: Test = (value, expected, reading) => {
  const read = readExpected(expected, reading, LIKE);
  if (read === undefined) return undefined;
  const expectedParts = splitArn(read.tokens);
  const parts = splitArn(literal(value));
  if (expectedParts === undefined || parts === undefined) {
    return { unknown: `how ${value} and ${expected} compare as ARNs` };
  }
  return all(
    parts.map((part, index) =>
      matchExpected({ ...read, tokens: expectedParts[index] ?? [] }, part, reading.budget),
    ),
  );
};

const COLON = ':'.codePointAt(0);

function splitArn(tokens: Tokens): readonly Tokens[] | undefined {
  const parts: Tokens[] = [];
  let rest = tokens;
  while (parts.length < 5) {
    const colon = rest.findIndex((token) => token === COLON);
    if (colon < 0) return undefined;
    parts.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...parts, rest];
}

const bool: Test = (value, expected) => {
  const [left, right] = [value.toLowerCase(), expected.toLowerCase()];
  const areBooleans = [left, right].every((one) => one === 'true' || one === 'false');
  return areBooleans ? toAnswer(left === right) : { unknown: `whether ${value} is ${expected}` };
};

type Reader = (text: string) => number | undefined;
type Comparison = (left: number, right: number) => boolean;

function compare(read: Reader, holds: Comparison): Test {
  return (value, expected) => {
    const [left, right] = [read(value), read(expected)];
    if (left === undefined || right === undefined) return { unknown: `how ${value} and ${expected} compare` };
    return toAnswer(holds(left, right));
  };
}

function readNumber(value: string): number | undefined {
  return /^[+-]?[0-9]{1,15}(\.[0-9]{1,9})?$/.test(value) ? Number(value) : undefined;
}

/** Reads ISO 8601, or seconds since 1970. Returns milliseconds since 1970. */
function readDate(value: string): number | undefined {
  if (/^[0-9]{1,12}$/.test(value) && value.length > 4) return Number(value) * 1000;
  const isIso = /^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$/.test(value);
  const time = isIso ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function ordered(kind: string, read: Reader): readonly (readonly [string, Operator])[] {
  const operator = (holds: Comparison): Operator => ({ negated: false, test: compare(read, holds) });
  const equals = operator((left, right) => left === right);
  return [
    [`${kind}equals`, equals],
    [`${kind}notequals`, { ...equals, negated: true }],
    [`${kind}lessthan`, operator((left, right) => left < right)],
    [`${kind}lessthanequals`, operator((left, right) => left <= right)],
    [`${kind}greaterthan`, operator((left, right) => left > right)],
    [`${kind}greaterthanequals`, operator((left, right) => left >= right)],
  ];
}

const exact = textTest(EXACT, literal);
const like = textTest(LIKE, literal);
const exactWithoutCase = textTest(EXACT_WITHOUT_CASE, (value) => literal(value.toLowerCase()));

/** Operators for IP addresses and binary values are left out: no key that is known here has such a value. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['stringequals', { negated: false, test: exact }],
  ['stringnotequals', { negated: true, test: exact }],
  ['stringequalsignorecase', { negated: false, test: exactWithoutCase }],
  ['stringnotequalsignorecase', { negated: true, test: exactWithoutCase }],
  ['stringlike', { negated: false, test: like }],
  ['stringnotlike', { negated: true, test: like }],
  ['arnequals', { negated: false, test: arn }],
  ['arnlike', { negated: false, test: arn }],
  ['arnnotequals', { negated: true, test: arn }],
  ['arnnotlike', { negated: true, test: arn }],
  ['bool', { negated: false, test: bool }],
  ...ordered('numeric', readNumber),
  ...ordered('date', readDate),
]);
