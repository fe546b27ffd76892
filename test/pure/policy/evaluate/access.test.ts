/** May the target role make a call, and may an execution start? By policies, boundaries and conditions. */
import { describe, expect, test } from '@jest/globals';
import { parseStateMachineArn } from '../../../../src/arn/arn.ts';
import {
  callingSession,
  canAssume,
  canRun as mayRun,
  kindsOfCalls,
  type ActingRole,
} from '../../../../src/policy/evaluate/access.ts';
import { wholeArn } from '../../../../src/policy/evaluate/match.ts';
import { mayLetServicesIn } from '../../../../src/policy/evaluate/principal.ts';
import { parseObservedPolicy } from '../../../../src/policy/parse.ts';
import { narrow } from '../../../expectations.ts';
import {
  EXEC,
  TARGET,
  MACHINE,
  QUEUE,
  arn,
  observed,
  policy,
  GRANT,
  ADMIN,
  exec,
  target,
  role,
  canCall,
  SEND,
} from './access-fixtures.ts';

describe('canCall', () => {
  test('what the role is granted is allowed, one action more is not', () => {
    expect(canCall(role([SEND]), 'SQS:sendmessage', QUEUE).decision).toBe('Allowed');
    expect(canCall(role([SEND]), 'sqs:DeleteMessage', QUEUE)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'identityPolicies',
    });
    expect(canCall(role([SEND]), 'sqs:SendMessage', `${QUEUE}2`).decision).toBe('ImplicitlyDenied');
  });

  test('a boundary without the action is named', () => {
    const boundary = policy('boundary', { ...SEND, Action: 'sns:*', Resource: '*' });
    expect(canCall(role([SEND], boundary), 'sqs:SendMessage', QUEUE)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'permissionsBoundary',
    });
  });

  test('NotAction and NotResource grant what they do not list', () => {
    const inverse = { Effect: 'Allow', NotAction: 'iam:*', NotResource: `${QUEUE}-dlq` };
    expect(canCall(role([inverse]), 'sqs:SendMessage', QUEUE).decision).toBe('Allowed');
    expect(canCall(role([inverse]), 'sqs:SendMessage', `${QUEUE}-dlq`).decision).toBe('ImplicitlyDenied');
    expect(canCall(role([inverse]), 'iam:PassRole', QUEUE).decision).toBe('ImplicitlyDenied');
  });

  test('a pattern has to be allowed whole', () => {
    const wide = role([{ ...SEND, Resource: `${QUEUE}*` }]);
    expect(canCall(wide, 'sqs:SendMessage', `${QUEUE}-*`).decision).toBe('Allowed');
    expect(canCall(wide, 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:222222222222:*').decision).toBe('Unknown');
    const holed = role([ADMIN, { ...SEND, Effect: 'Deny', Resource: `${QUEUE}-dlq` }]);
    expect(canCall(holed, 'sqs:SendMessage', `${QUEUE}*`).decision).toBe('Unknown');
    expect(canCall(holed, 'sqs:SendMessage', 'arn:aws:sqs:*:*:other*').decision).toBe('Allowed');
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: "When you specify an incomplete ARN (one with
  // fewer than the standard six fields) in an identity-based policy, AWS automatically completes the ARN by adding wildcard
  // characters (*) to all missing fields."
  const cutShort = [
    ['arn:aws:sqs', true],
    ['arn:aws:sqs:us-east-1', true],
    ['arn:aws:sqs:us-east-1:222222222222', true],
    ['arn:aws:sqs:us-east-1:${aws:PrincipalAccount}', true],
    ['arn:aws:*:orders', true],
    ['arn:aws:s3', false],
    ['arn:aws:sqs:eu-west-1', false],
    ['arn:aws:sqs:us-east-1:222222222222:order', false],
  ] as const;
  for (const [Resource, isQueue] of cutShort) {
    test(`${Resource} ${isQueue ? 'is completed and names the queue' : 'does not name the queue'}`, () => {
      expect(canSend(role([{ ...SEND, Resource }]))).toBe(isQueue ? 'Allowed' : 'ImplicitlyDenied');
      const deny = { ...SEND, Effect: 'Deny', Resource };
      expect(canSend(role([ADMIN, deny]))).toBe(isQueue ? 'ExplicitlyDenied' : 'Allowed');
      expect(canSend(role([ADMIN], policy('boundary', ADMIN, deny)))).toBe(
        isQueue ? 'ExplicitlyDenied' : 'Allowed',
      );
      const others = { Effect: 'Allow', Action: 'sqs:*', NotResource: Resource };
      expect(canSend(role([others]))).toBe(isQueue ? 'ImplicitlyDenied' : 'Allowed');
    });
  }

  test.each([
    ['arn:aws:sqs', 'arn:aws:sqs:*'],
    ['arn:aws:sqs:us-east-1:${aws:PrincipalAccount}', 'arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:*'],
    ['arn:aws:sqs*', 'arn:aws:sqs*'],
    [QUEUE, QUEUE],
    ['*', '*'],
  ])('%s is, whole, %s', (resource, whole) => {
    expect(wholeArn(resource)).toBe(whole);
  });

  test('a short ARN that is asked for has to be allowed whole, too', () => {
    const cases = [
      ['arn:aws:sqs', 'Allowed'],
      ['arn:aws:sqs:us-east-1', 'Allowed'],
      [QUEUE, 'Unknown'],
      ['arn:aws:sqs:eu-west-1', 'ImplicitlyDenied'],
    ] as const;
    for (const [Resource, decision] of cases) {
      const acting = role([{ ...SEND, Resource }]);
      expect(canCall(acting, 'sqs:SendMessage', 'arn:aws:sqs:us-east-1').decision).toBe(decision);
    }
  });

  test('an action that takes no resource is allowed by the resource * alone', () => {
    const everywhere = role([{ ...SEND, Action: 'sqs:ListQueues', Resource: '*' }]);
    const there = role([{ ...SEND, Action: 'sqs:ListQueues' }]);
    expect(canCall(everywhere, 'sqs:ListQueues', '*').decision).toBe('Allowed');
    expect(canCall(there, 'sqs:ListQueues', '*').decision).toBe('ImplicitlyDenied');
  });

  test('condition keys of the call may be given', () => {
    const ROLE = 'arn:aws:iam::222222222222:role/task';
    const Condition = { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } };
    const passes = role([{ Effect: 'Allow', Action: 'iam:PassRole', Resource: ROLE, Condition }]);
    const decide = (service: string) =>
      canCall(passes, 'iam:PassRole', ROLE, { 'iam:PassedToService': service }).decision;
    expect(decide('ecs-tasks.amazonaws.com')).toBe('Allowed');
    expect(decide('glue.amazonaws.com')).toBe('ImplicitlyDenied');
    expect(canCall(passes, 'iam:PassRole', ROLE).decision).toBe('Unknown');
  });

  test('a condition key that no call of a session has is not taken from what the call is said to have', () => {
    const others = { ...SEND, Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } } };
    const keys = { 'aws:SourceAccount': '111111111111' };
    expect(canCall(role([others]), 'sqs:SendMessage', QUEUE, keys).decision).toBe('ImplicitlyDenied');
  });

  test('variables that are known are put in; the old version of the language has none', () => {
    const Resource = 'arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders';
    expect(canCall(role([{ ...SEND, Resource }]), 'sqs:SendMessage', QUEUE).decision).toBe('Allowed');
    const old = parseObservedPolicy(JSON.stringify({ Statement: { ...SEND, Resource } }));
    const acting: ActingRole = { arn: arn(TARGET), policies: [{ name: 'old', policy: old }] };
    expect(canCall(acting, 'sqs:SendMessage', QUEUE).decision).toBe('ImplicitlyDenied');
  });

  test('a variable without a value leaves it open what NotResource leaves out', () => {
    const others = { Effect: 'Allow', Action: 'sqs:*', NotResource: 'arn:aws:sqs:*:*:${aws:username}' };
    expect(canCall(role([others]), 'sqs:SendMessage', QUEUE).decision).toBe('Unknown');
  });

  test('an action holds no variables', () => {
    const Action = 'sqs:${aws:userid}';
    expect(canCall(role([{ ...SEND, Action }]), 'sqs:SendMessage', QUEUE).decision).toBe('ImplicitlyDenied');
  });

  test('a variable that is not known makes only those statements Unknown that it could make match', () => {
    const table = [
      ['arn:aws:sqs:us-east-1:222222222222:${aws:userid}', 'Unknown'],
      ['arn:aws:sqs:us-east-1:222222222222:x-${aws:userid}', 'ImplicitlyDenied'],
      ['arn:aws:sqs:us-east-1:222222222222:${aws:username}', 'ImplicitlyDenied'],
    ] as const;
    for (const [Resource, decision] of table) {
      expect(canCall(role([{ ...SEND, Resource }]), 'sqs:SendMessage', QUEUE).decision).toBe(decision);
    }
  });
});

describe('kindsOfCalls', () => {
  const OTHER = `${QUEUE}-dlq`;
  const both = { ...SEND, Resource: [QUEUE, OTHER] };
  const kinds = (acting: ActingRole) => [
    ...kindsOfCalls(callingSession(acting, {}), ['sqs:SendMessage', 'sqs:DeleteMessage'], [QUEUE, OTHER]),
  ];

  test('of calls that no policy tells apart, one is asked', () => {
    expect(kinds(role([{ ...both, Action: 'sqs:*' }]))).toStrictEqual([['sqs:SendMessage', QUEUE]]);
  });

  test('calls that a boundary alone tells apart are asked each', () => {
    const boundary = policy('boundary', SEND, { ...both, Action: 'sqs:DeleteMessage' });
    expect(kinds(role([{ ...both, Action: 'sqs:*' }], boundary))).toStrictEqual([
      ['sqs:SendMessage', QUEUE],
      ['sqs:SendMessage', OTHER],
      ['sqs:DeleteMessage', QUEUE],
    ]);
  });
});

/** What the trust policy of an execution role says, as AWS's console writes it. */
const LETS_IN = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };

function canRun(trust: readonly object[], machine = MACHINE) {
  const parsed = parseStateMachineArn(machine);
  narrow(parsed, parsed);
  return mayRun({ arn: arn(EXEC), trust: observed(...trust), tags: new Map() }, parsed).decision;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html */
describe('canRun', () => {
  const SERVICE = (Service: string | readonly string[]) => ({ ...LETS_IN, Principal: { Service } });
  const only = (Condition: object) => ({ ...LETS_IN, Condition });
  const deny = (Principal: unknown, Condition?: object) => ({
    ...LETS_IN,
    Effect: 'Deny',
    Sid: 'No',
    Principal,
    ...(Condition && { Condition }),
  });
  const OTHERS = MACHINE.replace('111111111111', '333333333333');
  const table: readonly (readonly [string, readonly object[], string])[] = [
    ['the service', [LETS_IN], 'Allowed'],
    ['the service in the Region', [SERVICE('states.us-east-1.amazonaws.com')], 'Allowed'],
    ['the service in another Region', [SERVICE('states.eu-west-1.amazonaws.com')], 'ImplicitlyDenied'],
    ['several services', [SERVICE(['lambda.amazonaws.com', 'states.amazonaws.com'])], 'Allowed'],
    ['another service', [SERVICE('lambda.amazonaws.com')], 'ImplicitlyDenied'],
    ['everyone', [{ ...LETS_IN, Principal: '*' }], 'Allowed'],
    ['services named *', [SERVICE('*')], 'Unknown'],
    ['the service, and services named *', [SERVICE(['states.amazonaws.com', '*'])], 'Allowed'],
    [
      'all but an account',
      [{ ...LETS_IN, Principal: undefined, NotPrincipal: { AWS: '333333333333' } }],
      'Unknown',
    ],
    ['an account', [{ ...LETS_IN, Principal: { AWS: '111111111111' } }], 'ImplicitlyDenied'],
    ['nobody', [], 'ImplicitlyDenied'],
    [
      'nobody, with a Deny that may be about the service',
      [deny('*', { StringNotEquals: { 'aws:SourceOrgID': 'o-1' } })],
      'ImplicitlyDenied',
    ],
    ['the service, for another action', [{ ...LETS_IN, Action: 'sts:TagSession' }], 'ImplicitlyDenied'],
    ['the service for the machine', [only({ ArnLike: { 'aws:SourceArn': MACHINE } })], 'Allowed'],
    [
      'the service for all machines of the account',
      [
        only({
          ArnLike: { 'aws:SourceArn': 'arn:aws:states:us-east-1:111111111111:stateMachine:*' },
          StringEquals: { 'aws:SourceAccount': '111111111111' },
        }),
      ],
      'Allowed',
    ],
    [
      'the service for another machine',
      [only({ ArnEquals: { 'aws:SourceArn': `${MACHINE}2` } })],
      'ImplicitlyDenied',
    ],
    ['the service for another account', [only({ ArnLike: { 'aws:SourceArn': OTHERS } })], 'ImplicitlyDenied'],
    ['the service in an organization', [only({ StringEquals: { 'aws:SourceOrgID': 'o-1' } })], 'Unknown'],
    [
      'the service, with a Deny for it',
      [LETS_IN, deny({ Service: 'states.amazonaws.com' })],
      'ExplicitlyDenied',
    ],
    ['the service, with a Deny for everyone', [LETS_IN, deny('*')], 'ExplicitlyDenied'],
    [
      'the service, with a Deny for everyone but services',
      [LETS_IN, deny('*', { Bool: { 'aws:PrincipalIsAWSService': 'false' } })],
      'Allowed',
    ],
    [
      'the service, with a Deny for all without MFA',
      [LETS_IN, deny('*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })],
      'ExplicitlyDenied',
    ],
    [
      'the service, with a Deny for whoever is not listed',
      [LETS_IN, { ...deny(undefined), NotPrincipal: { AWS: '111111111111' } }],
      'ExplicitlyDenied',
    ],
    [
      'the service, and lists it among those that a Deny leaves out',
      [LETS_IN, { ...deny(undefined), NotPrincipal: { Service: 'states.amazonaws.com' } }],
      'Allowed',
    ],
  ];
  test.each(table)('a trust policy that lets in %s', (_, trust, decision) => {
    expect(canRun(trust)).toBe(decision);
  });

  test('a condition on a tag of the execution role is decided where its tags are known', () => {
    const machine = parseStateMachineArn(MACHINE);
    narrow(machine, machine);
    const trust = observed(only({ StringEquals: { 'aws:ResourceTag/team': 'pay' } }));
    const decide = (tags?: ReadonlyMap<string, string>) =>
      mayRun({ arn: arn(EXEC), trust, ...(tags && { tags }) }, machine).decision;
    expect(decide(new Map([['team', 'pay']]))).toBe('Allowed');
    expect(decide(new Map())).toBe('ImplicitlyDenied');
    expect(decide()).toBe('Unknown');
  });

  test.each([
    ['states.amazonaws.com', 'Allowed'],
    ['states.amazonaws.com.cn', 'Allowed'],
    ['states.cn-north-1.amazonaws.com.cn', 'Allowed'],
    ['states.amazonaws.eu', 'ImplicitlyDenied'],
  ])('in China the service may be called %s: %s', (service, decision) => {
    const machine = 'arn:aws-cn:states:cn-north-1:111111111111:stateMachine:checkout';
    expect(canRun([SERVICE(service)], machine)).toBe(decision);
  });
});

describe('mayLetServicesIn', () => {
  test.each<readonly [who: string, principals: object, may: boolean]>([
    ['an account alone', { Principal: { AWS: '111111111111' } }, false],
    ['people alone', { Principal: { Federated: 'cognito-identity.amazonaws.com' } }, false],
    ['a service', { Principal: { Service: 'states.amazonaws.com' } }, true],
    ['everyone', { Principal: '*' }, true],
    ['all but an account', { NotPrincipal: { AWS: '333333333333' } }, true],
  ])('a trust policy for %s: %j %s', (_, principals, may) => {
    expect(mayLetServicesIn(observed({ Effect: 'Allow', Action: 'sts:AssumeRole', ...principals }))).toBe(
      may,
    );
  });

  test('a trust policy that cannot be read may let services in', () => {
    expect(mayLetServicesIn(parseObservedPolicy('{}'))).toBe(true);
  });
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
describe('a Deny under a condition on what the request does not say', () => {
  const table: readonly (readonly [condition: object, assumes: string, calls: string])[] = [
    // Sessions of AssumeRole say nothing of MFA.
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, 'Allowed', 'Allowed'],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    [{ Null: { 'aws:MultiFactorAuthAge': 'true' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    [{ NumericGreaterThan: { 'aws:MultiFactorAuthAge': '3600' } }, 'Allowed', 'Allowed'],
    // Services alone have them.
    [{ StringNotEquals: { 'aws:SourceAccount': '111111111111' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    [{ StringNotEqualsIfExists: { 'aws:SourceOrgID': 'o-1' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    [{ ArnLike: { 'aws:SourceArn': '*' } }, 'Allowed', 'Allowed'],
    [{ Bool: { 'aws:PrincipalIsAWSService': 'false' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    // Sessions of others.
    [{ Null: { 'aws:FederatedProvider': 'false' } }, 'Allowed', 'Allowed'],
    [{ StringNotEquals: { 'aws:Ec2InstanceSourceVpc': 'vpc-1' } }, 'ExplicitlyDenied', 'ExplicitlyDenied'],
    // A service's own request; what a service does on for the caller is not known.
    [{ Bool: { 'aws:ViaAWSService': 'false' } }, 'ExplicitlyDenied', 'Unknown'],
    [{ Null: { 'aws:CalledVia': 'false' } }, 'Allowed', 'Unknown'],
    // Nothing that was read tells.
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'Unknown', 'Unknown'],
    [{ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'Unknown', 'Unknown'],
    [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'Unknown', 'Unknown'],
    [{ DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } }, 'Unknown', 'Unknown'],
  ];
  test.each(table)('%j: %s when it assumes, %s when it calls', (Condition, assumes, calls) => {
    const guard = { Sid: 'No', Effect: 'Deny', Action: '*', Resource: '*', Condition };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE).decision).toBe(
      assumes,
    );
    expect(canCall(role([SEND, guard]), 'sqs:SendMessage', QUEUE).decision).toBe(calls);
  });

  test('a key that is not known is named', () => {
    const Condition = { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    const guard = { Sid: 'No', Effect: 'Deny', Action: '*', Resource: '*', Condition };
    expect(canCall(role([SEND, guard]), 'sqs:SendMessage', QUEUE)).toMatchObject({
      unknown: 'the condition key aws:SourceIp',
    });
  });
});

function canSend(acting: ActingRole) {
  return canCall(acting, 'sqs:SendMessage', QUEUE).decision;
}
