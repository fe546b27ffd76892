import { describe, expect, test } from '@jest/globals';
import { conditionsHold } from '../../../../src/policy/evaluate/condition.ts';
import { requestContext } from '../../../../src/policy/evaluate/context.ts';
import { unbounded } from '../../../../src/policy/steps.ts';

const CONTEXT = requestContext(
  [
    ['aws:PrincipalTag/Team', 'orders'],
    ['aws:PrincipalArn', 'arn:aws:iam::111111111111:role/a/exec'],
    ['aws:SourceArn', 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout'],
    ['aws:SecureTransport', 'True'],
    ['s3:max-keys', '10'],
    ['aws:CurrentTime', '2026-06-01T12:00:00Z'],
    ['aws:TagKeys', ['one', 'two']],
    ['none:given', []],
    ['two:given', ['orders', 'x']],
  ],
  (key) => key.startsWith('absent:'),
);

function holds(
  operator: string,
  key: string,
  values: readonly string[],
  version: '2012-10-17' | '2008-10-17' = '2012-10-17',
) {
  const answer = conditionsHold(
    { [operator]: { [key]: values } },
    { context: CONTEXT, version, budget: unbounded() },
  );
  return typeof answer === 'string' ? answer : 'unknown';
}

describe('conditionsHold', () => {
  const table = [
    ['StringEquals', 'aws:principaltag/TEAM', ['x', 'orders'], 'yes'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['Orders'], 'no'],
    ['stringequals', 'aws:PrincipalTag/Team', ['orders'], 'yes'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['ord*'], 'no'],
    ['StringNotEquals', 'aws:PrincipalTag/Team', ['x', 'orders'], 'no'],
    ['StringNotEquals', 'aws:PrincipalTag/Team', ['x', 'y'], 'yes'],
    ['StringEqualsIgnoreCase', 'aws:PrincipalTag/Team', ['ORDERS'], 'yes'],
    ['StringNotEqualsIgnoreCase', 'aws:PrincipalTag/Team', ['ORDERS'], 'no'],
    ['StringLike', 'aws:PrincipalTag/Team', ['ord*'], 'yes'],
    ['StringNotLike', 'aws:PrincipalTag/Team', ['ord??'], 'yes'],
    ['ArnLike', 'aws:PrincipalArn', ['arn:aws:iam::*:role/*'], 'yes'],
    ['ArnEquals', 'aws:PrincipalArn', ['arn:aws:iam::*:role/*'], 'yes'],
    ['ArnLike', 'aws:PrincipalArn', ['arn:*:role/a/exec'], 'unknown'],
    ['ArnLike', 'aws:PrincipalArn', ['arn:aws:iam:*:role/a/exec:*'], 'no'],
    ['ArnLike', 'aws:SourceArn', ['arn:aws:states:us-east-1:*:checkout'], 'no'],
    ['ArnLike', 'aws:SourceArn', ['arn:aws:states:us-east-1:*:*:checkout'], 'yes'],
    ['ArnNotLike', 'aws:PrincipalArn', ['arn:aws:iam::111111111111:role/b/*'], 'yes'],
    ['ArnNotEquals', 'aws:PrincipalArn', ['arn:aws:iam::111111111111:role/a/*'], 'no'],
    ['ArnLike', 'aws:PrincipalArn', ['arn:aws:iam::111111111111:role/${aws:PrincipalTag/Team}/*'], 'no'],
    ['ArnLike', 'aws:PrincipalArn', ['arn:aws:iam::111111111111:role/a/${aws:SourceVpc}'], 'unknown'],
    ['Bool', 'aws:SecureTransport', ['true'], 'yes'],
    ['Bool', 'aws:SecureTransport', ['false'], 'no'],
    ['Bool', 'aws:SecureTransport', ['yes'], 'unknown'],
    ['NumericEquals', 's3:max-keys', ['10.0'], 'yes'],
    ['NumericNotEquals', 's3:max-keys', ['10'], 'no'],
    ['NumericLessThan', 's3:max-keys', ['10'], 'no'],
    ['NumericLessThanEquals', 's3:max-keys', ['10'], 'yes'],
    ['NumericGreaterThan', 's3:max-keys', ['9'], 'yes'],
    ['NumericGreaterThanEquals', 's3:max-keys', ['11'], 'no'],
    ['NumericLessThan', 's3:max-keys', ['many'], 'unknown'],
    ['DateLessThan', 'aws:CurrentTime', ['2026-06-02'], 'yes'],
    ['DateLessThan', 'aws:CurrentTime', ['2027'], 'yes'],
    ['DateGreaterThan', 'aws:CurrentTime', ['1798761600'], 'no'],
    ['DateGreaterThan', 'aws:CurrentTime', ['June'], 'unknown'],
    ['Null', 'absent:key', ['true'], 'yes'],
    ['Null', 'absent:key', ['false'], 'no'],
    ['Null', 'aws:SecureTransport', ['false'], 'yes'],
    ['StringEquals', 'absent:key', ['x'], 'no'],
    ['StringNotEquals', 'absent:key', ['x'], 'yes'],
    ['StringEqualsIfExists', 'absent:key', ['x'], 'yes'],
    ['StringEqualsIfExists', 'aws:PrincipalTag/Team', ['x'], 'no'],
    ['ForAllValues:StringEquals', 'absent:key', ['x'], 'yes'],
    ['ForAnyValue:StringEquals', 'absent:key', ['x'], 'no'],
    ['ForAnyValue:StringNotEquals', 'absent:key', ['x'], 'no'],
    ['ForAnyValue:StringEqualsIfExists', 'absent:key', ['x'], 'unknown'],
    ['ForAnyValue:StringNotLikeIfExists', 'absent:key', ['x'], 'unknown'],
    ['ForAllValues:StringEqualsIfExists', 'absent:key', ['x'], 'yes'],
    ['ForAllValues:StringEquals', 'none:given', ['x'], 'yes'],
    ['ForAnyValue:StringEquals', 'none:given', ['x'], 'no'],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['one', 'two', 'three'], 'yes'],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['one'], 'no'],
    ['ForAnyValue:StringLike', 'aws:TagKeys', ['t*'], 'yes'],
    ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['one'], 'yes'],
    ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['one'], 'no'],
    ['StringEquals', 'aws:TagKeys', ['one'], 'unknown'],
    ['StringEquals', 'aws:SourceVpc', ['x'], 'unknown'],
    ['StringNotEquals', 'aws:SourceVpc', ['x'], 'unknown'],
    ['StringEqualsIfExists', 'aws:SourceVpc', ['x'], 'unknown'],
    ['Null', 'aws:SourceVpc', ['true'], 'unknown'],
    ['IpAddress', 'aws:PrincipalTag/Team', ['10.0.0.0/8'], 'unknown'],
    ['StringMatches', 'aws:PrincipalTag/Team', ['orders'], 'unknown'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['${aws:PrincipalTag/team}'], 'yes'],
    ['StringLike', 'aws:PrincipalTag/Team', ['${*}'], 'no'],
    ['StringEquals', 'aws:PrincipalTag/Team', ["${absent:key, 'orders'}"], 'yes'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['${absent:key}'], 'no'],
    ['StringNotEquals', 'aws:PrincipalTag/Team', ['${absent:key}'], 'unknown'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['${aws:SourceVpc}'], 'unknown'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['x${aws:SourceVpc}'], 'no'],
    ['StringNotEquals', 'aws:PrincipalTag/Team', ['x${aws:SourceVpc}'], 'yes'],
    ['StringEquals', 'aws:PrincipalTag/Team', ['${two:given}'], 'no'],
  ] as const;
  for (const [operator, key, values, expected] of table) {
    test(`${operator} ${key} ${values.join(' | ')}: ${expected}`, () => {
      expect(holds(operator, key, values)).toBe(expected);
    });
  }

  test('the old version of the language has no variables', () => {
    expect(holds('StringEquals', 'aws:PrincipalTag/Team', ['${aws:SourceVpc}'], '2008-10-17')).toBe('no');
  });

  test('all conditions have to hold, and one that fails decides whatever is unknown', () => {
    const reading = { context: CONTEXT, version: '2012-10-17', budget: unbounded() } as const;
    const fails = { Bool: { 'aws:SecureTransport': ['false'] } };
    const open = { StringEquals: { 'aws:SourceVpc': ['x'] } };
    expect(conditionsHold({ ...open, ...fails }, reading)).toBe('no');
    expect(conditionsHold(open, reading)).toStrictEqual({ unknown: 'the condition key aws:SourceVpc' });
    expect(conditionsHold({}, reading)).toBe('yes');
  });
});
