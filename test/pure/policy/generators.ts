/** Policies made up at random, small enough that equal parts are frequent. */
import * as fc from 'fast-check';
import type { Conditions, Patterns, PolicyDocument, Statement } from '../../../src/policy/document.ts';

const ACTIONS = ['sqs:SendMessage', 'SQS:sendmessage', 'sqs:*', 'sns:Publish', 'sts:AssumeRole', '*', '*:*'];
const RESOURCES = [
  '*',
  '**',
  'arn:aws:sqs:us-east-1:222222222222:a',
  'arn:aws:sqs:us-east-1:222222222222:b*',
];
const PRINCIPALS = [
  '111111111111',
  'arn:aws:iam::111111111111:root',
  'arn:aws:iam::111111111111:role/exec',
  'arn:aws:iam::333333333333:role/other',
];
const CONDITION_VALUES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  StringEquals: {
    'sts:ExternalId': ['one', 'two', 'three'],
    'aws:PrincipalTag/Team': ['a', '${aws:username}'],
  },
  Bool: { 'aws:SecureTransport': ['true', 'True', 'false'] },
  NumericLessThanEquals: { 'aws:MultiFactorAuthAge': ['5', '5.0', '06'] },
};

function someOf(values: readonly string[]): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
}

function patterns(values: readonly string[]): fc.Arbitrary<Patterns> {
  return fc.record({ negated: fc.integer({ min: 0, max: 5 }).map((n) => n === 0), values: someOf(values) });
}

function someKeys<T>(
  record: Readonly<Record<string, fc.Arbitrary<T>>>,
): fc.Arbitrary<Readonly<Record<string, T>>> {
  return fc.subarray(Object.entries(record)).chain((entries) => fc.record(Object.fromEntries(entries)));
}

const conditions: fc.Arbitrary<Conditions> = someKeys(
  Object.fromEntries(
    Object.entries(CONDITION_VALUES).map(([operator, keys]) => [
      operator,
      someKeys(Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, someOf(values)]))),
    ]),
  ),
);

const sid = fc.constantFrom('', 'One', 'Two', 'Three');
const effect = fc.constantFrom('Allow', 'Allow', 'Deny');

/** A statement of an identity policy. */
export const identityStatement: fc.Arbitrary<Statement> = fc.record(
  { sid, effect, actions: patterns(ACTIONS), resources: patterns(RESOURCES), conditions },
  { requiredKeys: ['effect', 'actions', 'resources'] },
);

/** A statement of a trust policy. */
export const trustStatement: fc.Arbitrary<Statement> = fc.record(
  {
    sid,
    effect,
    principals: fc.record({
      negated: fc.constant(false),
      anyone: fc.constant(false),
      byType: fc.record({ AWS: someOf(PRINCIPALS) }),
    }),
    actions: fc.constant({ negated: false, values: ['sts:AssumeRole'] }),
    conditions,
  },
  { requiredKeys: ['effect', 'principals', 'actions'] },
);

export const statement: fc.Arbitrary<Statement> = fc.oneof(identityStatement, trustStatement);

export const policy: fc.Arbitrary<PolicyDocument> = fc.record(
  {
    version: fc.constantFrom('2012-10-17', '2008-10-17'),
    id: fc.constantFrom('a', 'b'),
    statements: fc.array(statement, { maxLength: 4 }),
  },
  { requiredKeys: ['version', 'statements'] },
);
