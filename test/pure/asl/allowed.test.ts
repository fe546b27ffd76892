/** `unresolved: AllowedResources` fills in what the account's rules allow, by resource type, and never more. */
import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { allowedFor } from '../../../src/asl/derive/allowed.ts';
import { isWithin } from '../../../src/policy/pattern.ts';
import { assertAllows, deriveOne, openDecisions, passed, reasonsOf, TARGET } from './machines.ts';

const LAMBDA = 'arn:*:lambda:*:*:function:*';
const OBJECT = 'arn:*:s3:::*/*';

function fill(action: string, types: readonly string[], resources: readonly string[]): string[] {
  const rules = [{ allowedActions: ['*'], allowedResources: resources, passRoles: [] }];
  return allowedFor({ action, types, services: [] }, rules, TARGET);
}

describe('the rules fill in', () => {
  const cases: [string, string, string, string[]][] = [
    [
      'a pattern of the type, in the machine’s Region',
      LAMBDA,
      'arn:aws:lambda:*:222222222222:function:pay-*',
      ['arn:aws:lambda:us-east-1:222222222222:function:pay-*'],
    ],
    [
      'all of the type where everything is allowed',
      LAMBDA,
      '*',
      ['arn:aws:lambda:us-east-1:222222222222:function:*'],
    ],
    [
      'all of the type where the service is allowed',
      LAMBDA,
      'arn:aws:lambda:*',
      ['arn:aws:lambda:us-east-1:222222222222:function:*'],
    ],
    ['what both patterns say', OBJECT, 'arn:aws:s3:::data-*', ['arn:aws:s3:::data-*/*']],
    [
      'what is allowed by its end',
      LAMBDA,
      'arn:aws:lambda:us-east-1:222222222222:*-prod',
      ['arn:aws:lambda:us-east-1:222222222222:function:*-prod'],
    ],
    [
      'what is allowed across the parts of an ARN',
      LAMBDA,
      'arn:aws:*:222222222222:function:pay',
      ['arn:aws:lambda:us-east-1:222222222222:function:pay'],
    ],
    ['nothing without a name', LAMBDA, '*:function:', []],
    ['nothing of another service', LAMBDA, 'arn:aws:sqs:us-east-1:222222222222:*', []],
    ['nothing of another Region', LAMBDA, 'arn:aws:lambda:eu-west-1:222222222222:function:*', []],
    ['nothing of another type', 'arn:*:dynamodb:*:*:table/*', 'arn:aws:dynamodb:*:222222222222:stream/*', []],
  ];
  for (const [what, type, allowed, expected] of cases) {
    it(what, () => {
      expect(fill('any:Action', [type], [allowed])).toStrictEqual(expected);
    });
  }

  it('no role to pass where it is not known to whom', () => {
    const arn = 'arn:aws:iam::222222222222:role/nightly';
    const rules = [{ allowedActions: [], allowedResources: [], passRoles: [{ arn, services: ['x'] }] }];
    const passable = (services: readonly string[]) =>
      allowedFor({ action: 'iam:PassRole', types: ['arn:*:iam::*:role/*'], services }, rules, TARGET);
    expect([passable([]), passable(['x'])]).toStrictEqual([[], [arn]]);
  });

  it('what is filled in lies within the rules, whatever they are', () => {
    const piece = fc.constantFrom(
      '*',
      '?',
      'a',
      'data-',
      'function:',
      ':',
      '/',
      'arn:aws:lambda:',
      'us-east-1',
      '222222222222',
    );
    const pattern = fc.oneof(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 4 }).map((pieces) => `arn:aws:lambda:*:222222222222:${pieces.join('')}`),
      fc.array(piece, { maxLength: 4 }).map((pieces) => `arn:aws:s3:::${pieces.join('')}`),
    );
    fc.assert(
      fc.property(pattern, fc.constantFrom(LAMBDA, OBJECT, 'arn:*:sqs:*:*:*'), (allowed, type) => {
        for (const found of fill('any:Action', [type], [allowed]))
          expect(isWithin(found, allowed)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a Task whose resource only run time knows', () => {
  const allowed = [
    {
      allowedActions: ['sns:Publish'],
      allowedResources: ['arn:aws:sns:us-east-1:222222222222:owner-*'],
      passRoles: [{ arn: 'arn:aws:iam::222222222222:role/nightly', services: ['scheduler.amazonaws.com'] }],
    },
    { allowedActions: ['sqs:*'], allowedResources: ['*'], passRoles: [] },
  ];
  const dynamic = { 'TopicArn.$': '$.topic' };

  it('is allowed what the entry that allows its action allows, and that is reported', () => {
    const derivation = deriveOne('sns:publish', dynamic, { allowed });
    assertAllows(derivation, [
      { Action: 'sns:Publish', Resource: 'arn:aws:sns:us-east-1:222222222222:owner-*' },
    ]);
    expect(openDecisions(derivation)).toStrictEqual([]);
    expect(reasonsOf(derivation)[0]).toStrictEqual(['ResourceNotStatic', false]);
    expect(derivation.diagnostics[0]?.message).toContain('owner-*');
  });

  it('is still asked about where the rules allow nothing that fits', () => {
    const derivation = deriveOne('dynamodb:getItem', { 'TableName.$': '$.table' }, { allowed });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toHaveLength(1);
  });

  it('takes a hint before the rules', () => {
    const hint = 'arn:aws:sns:us-east-1:222222222222:owner-eu';
    const derivation = deriveOne('sns:publish', dynamic, {
      allowed,
      hints: [{ task: 'Call', arns: [hint] }],
    });
    assertAllows(derivation, [{ Action: 'sns:Publish', Resource: hint }]);
  });

  it('is still asked about where what limits its action is not known', () => {
    const parameters = { 'VirtualClusterId.$': '$.cluster', 'ExecutionRoleArn.$': '$.role' };
    const everything = [{ allowedActions: ['*'], allowedResources: ['*'], passRoles: [] }];
    const derivation = deriveOne('emr-containers:startJobRun', parameters, { allowed: everything });
    assertAllows(derivation, []);
    expect(openDecisions(derivation)).toHaveLength(2);
  });

  it('passes a role only by passRoles, to the service that they name', () => {
    const parameters = { Name: 'n', Target: { Arn: 'x', 'RoleArn.$': '$.role' } };
    const derivation = deriveOne('aws-sdk:scheduler:createSchedule', parameters, { allowed });
    expect(openDecisions(derivation)).toStrictEqual([]);
    assertAllows(derivation, [
      {
        Action: 'scheduler:CreateSchedule',
        Resource: 'arn:aws:scheduler:us-east-1:222222222222:schedule/default/n',
      },
      passed('scheduler.amazonaws.com', 'arn:aws:iam::222222222222:role/nightly'),
    ]);
  });
});
