import { describe, expect, test } from '@jest/globals';
import { parseRoleArn, parseStateMachineArn, type RoleArn } from '../../../../src/arn/arn.ts';
import {
  callingSession,
  canAssume,
  canCall as mayCall,
  canRun as mayRun,
  type ActingRole,
  type AssumableRole,
} from '../../../../src/policy/evaluate/access.ts';
import type { NamedPolicy } from '../../../../src/policy/evaluate/statement.ts';
import { parseObservedPolicy } from '../../../../src/policy/parse.ts';
import { narrow } from '../../../expectations.ts';

const EXEC = 'arn:aws:iam::111111111111:role/service/exec';
const TARGET = 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout';
const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout';
const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:orders';

function arn(text: string): RoleArn {
  const parsed = parseRoleArn(text);
  narrow(parsed, parsed);
  return parsed;
}

function observed(...Statement: readonly object[]) {
  return parseObservedPolicy(JSON.stringify({ Version: '2012-10-17', Statement }));
}

function policy(name: string, ...statements: readonly object[]): NamedPolicy {
  return { name, policy: observed(...statements) };
}

const GRANT = { Sid: 'Grant', Effect: 'Allow', Action: 'sts:AssumeRole', Resource: TARGET };
const TRUST = {
  Sid: 'Trust',
  Effect: 'Allow',
  Principal: { AWS: EXEC },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': [MACHINE, `${MACHINE}2`] } },
};
const ADMIN = { Effect: 'Allow', Action: '*', Resource: '*' };
const DENY = { Sid: 'No', Effect: 'Deny', Action: 'sts:*', Resource: '*' };

function exec(parts: Partial<ActingRole> = {}): ActingRole {
  return { arn: arn(EXEC), policies: [policy('CrossAccountLink', GRANT)], ...parts };
}

function target(...trust: readonly object[]): AssumableRole {
  return { arn: arn(TARGET), trust: observed(...(trust.length > 0 ? trust : [TRUST])) };
}

function role(statements: readonly object[], boundary?: NamedPolicy): ActingRole {
  return {
    arn: arn(TARGET),
    policies: [policy('CrossAccountLink', ...statements)],
    ...(boundary && { boundary }),
  };
}

function canCall(
  acting: ActingRole,
  action: string,
  resource: string,
  keys: Readonly<Record<string, string>> = {},
) {
  return mayCall(callingSession(acting, keys), action, resource);
}

const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE };

function denied(layer: string, policyName: string) {
  return { decision: 'ExplicitlyDenied', layer, by: { policy: policyName, statement: 'No' } };
}

/** The target role, with a Deny for all that a NotPrincipal does not list. */
function except(AWS: string): AssumableRole {
  return target(TRUST, { ...DENY, Resource: undefined, NotPrincipal: { AWS } });
}

describe('canAssume', () => {
  test('a link as the operator makes it works', () => {
    expect(canAssume(exec(), target(), MACHINE)).toStrictEqual({ decision: 'Allowed' });
  });

  test('another external ID is refused by the trust policy', () => {
    expect(canAssume(exec(), target(), `${MACHINE}x`)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'trustPolicy',
    });
  });

  const trusted = [
    ['the role', { AWS: EXEC }, 'Allowed'],
    ["the role's account", { AWS: '111111111111' }, 'Allowed'],
    ["the root of the role's account", { AWS: ['x', 'arn:aws:iam::111111111111:root'] }, 'Allowed'],
    ['everyone', '*', 'Allowed'],
    ['everyone of AWS', { AWS: '*' }, 'Allowed'],
    ['another role', { AWS: 'arn:aws:iam::111111111111:role/exec' }, 'ImplicitlyDenied'],
    ['another account', { AWS: '333333333333' }, 'ImplicitlyDenied'],
    ['a role that was deleted', { AWS: 'AROAEXAMPLEEXAMPLE123' }, 'ImplicitlyDenied'],
    ['a service', { Service: 'states.amazonaws.com' }, 'ImplicitlyDenied'],
    ['one session of the role', { AWS: 'arn:aws:sts::111111111111:assumed-role/exec/x' }, 'Unknown'],
    [
      'one session of another role',
      { AWS: 'arn:aws:sts::111111111111:assumed-role/other/x' },
      'ImplicitlyDenied',
    ],
  ] as const;
  for (const [name, Principal, decision] of trusted) {
    test(`a trust policy that names ${name}: ${decision}`, () => {
      expect(canAssume(exec(), target({ ...TRUST, Principal }), MACHINE).decision).toBe(decision);
    });
  }

  test('without the grant the identity policies are named', () => {
    for (const policies of [[], [policy('other', { ...GRANT, Resource: `${TARGET}2` })]]) {
      expect(canAssume(exec({ policies }), target(), MACHINE)).toStrictEqual({
        decision: 'ImplicitlyDenied',
        layer: 'identityPolicies',
      });
    }
  });

  test('a boundary that does not know sts:AssumeRole is named', () => {
    const boundary = policy('boundary', { Effect: 'Allow', NotAction: 'sts:*', Resource: '*' });
    expect(canAssume(exec({ boundary }), target(), MACHINE)).toStrictEqual({
      decision: 'ImplicitlyDenied',
      layer: 'permissionsBoundary',
    });
  });

  test('an explicit deny is named with its policy and statement, whichever layer it stands in', () => {
    expect(
      canAssume(exec({ policies: [policy('mine', GRANT), policy('guard', DENY)] }), target(), MACHINE),
    ).toStrictEqual(denied('identityPolicies', 'guard'));
    expect(canAssume(exec({ boundary: policy('boundary', ADMIN, DENY) }), target(), MACHINE)).toStrictEqual(
      denied('permissionsBoundary', 'boundary'),
    );
    expect(
      canAssume(exec(), target(TRUST, { ...DENY, Resource: undefined, Principal: '*' }), MACHINE),
    ).toStrictEqual(denied('trustPolicy', 'trust policy'));
  });

  test('a statement without a Sid is named by its place', () => {
    const { Sid: _, ...unnamed } = DENY;
    const result = canAssume(exec({ policies: [policy('mine', GRANT, unnamed)] }), target(), MACHINE);
    expect('by' in result && result.by).toStrictEqual({ policy: 'mine', statement: '1' });
  });

  test('a deny under a condition that is not known makes it Unknown, and says which', () => {
    const guard = { ...DENY, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE)).toStrictEqual({
      decision: 'Unknown',
      layer: 'identityPolicies',
      by: { policy: 'mine', statement: 'No' },
      unknown: 'the condition key aws:PrincipalOrgID',
    });
  });

  test('an allow under a condition that is not known makes it Unknown', () => {
    const trust = { ...TRUST, Condition: { StringEquals: { 'sts:RoleSessionName': 'x' } } };
    expect(canAssume(exec(), target(trust), MACHINE).decision).toBe('Unknown');
  });

  test('a certain denial is reported although something else is unknown', () => {
    const guard = { ...DENY, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), 'x').decision).toBe(
      'ImplicitlyDenied',
    );
  });

  test('a policy that cannot be read makes it Unknown, and is named', () => {
    const broken: NamedPolicy = { name: 'broken', policy: parseObservedPolicy('{}') };
    expect(canAssume(exec({ policies: [policy('mine', GRANT), broken] }), target(), MACHINE)).toStrictEqual({
      decision: 'Unknown',
      layer: 'identityPolicies',
      unknown: 'the policy broken, which cannot be read',
    });
  });

  test('a deny of calls without TLS does not touch Step Functions', () => {
    const guard = { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(canAssume(exec({ policies: [policy('mine', GRANT, guard)] }), target(), MACHINE).decision).toBe(
      'Allowed',
    );
  });

  test('conditions on tags are decided where the tags are known', () => {
    const trust = { ...TRUST, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'pay' } } };
    const decide = (tags?: ReadonlyMap<string, string>) =>
      canAssume(exec(tags && { tags }), target(trust), MACHINE).decision;
    expect(decide(new Map([['team', 'pay']]))).toBe('Allowed');
    expect(decide(new Map())).toBe('ImplicitlyDenied');
    expect(decide()).toBe('Unknown');
  });

  test('aws:PrincipalArn is the role, not its session', () => {
    const trust = { ...TRUST, Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': EXEC } } };
    expect(canAssume(exec(), target(trust), MACHINE).decision).toBe('Allowed');
  });

  test('a star in a role path is data: the grant has to name it', () => {
    const starred: AssumableRole = { ...target(), arn: arn('arn:aws:iam::222222222222:role/a*/checkout') };
    const decide = (Resource: string) =>
      canAssume(exec({ policies: [policy('mine', { ...GRANT, Resource })] }), starred, MACHINE).decision;
    expect(decide('arn:aws:iam::222222222222:role/a${*}/checkout')).toBe('Allowed');
    expect(decide('arn:aws:iam::222222222222:role/ab/checkout')).toBe('ImplicitlyDenied');
  });

  test('inside one account a trust policy that names the role needs no grant, but bows to the boundary', () => {
    const near: AssumableRole = { ...target(), arn: arn('arn:aws:iam::111111111111:role/checkout') };
    const boundary = policy('boundary', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    expect(canAssume(exec({ policies: [] }), near, MACHINE).decision).toBe('Allowed');
    expect(canAssume(exec({ policies: [], boundary }), near, MACHINE).decision).toBe('ImplicitlyDenied');
  });

  test('inside one account a way that allows counts, whatever another way depends on', () => {
    const near = arn('arn:aws:iam::111111111111:role/checkout');
    const open = { ...TRUST, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(canAssume(exec(), { ...target(TRUST, open), arn: near }, MACHINE).decision).toBe('Allowed');
    expect(canAssume(exec(), { ...target(open), arn: near }, MACHINE).decision).toBe('Unknown');
  });

  test('NotPrincipal with Deny hits whoever is not listed, and everyone with a boundary', () => {
    const boundary = policy('boundary', ADMIN);
    expect(canAssume(exec(), except('333333333333'), MACHINE).decision).toBe('ExplicitlyDenied');
    expect(canAssume(exec(), except(EXEC), MACHINE).decision).toBe('Unknown');
    expect(canAssume(exec({ boundary }), except(EXEC), MACHINE).decision).toBe('ExplicitlyDenied');
  });
});

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

  test('variables that are known are put in; the old version of the language has none', () => {
    const Resource = 'arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders';
    expect(canCall(role([{ ...SEND, Resource }]), 'sqs:SendMessage', QUEUE).decision).toBe('Allowed');
    const old = parseObservedPolicy(JSON.stringify({ Statement: { ...SEND, Resource } }));
    const acting: ActingRole = { arn: arn(TARGET), policies: [{ name: 'old', policy: old }] };
    expect(canCall(acting, 'sqs:SendMessage', QUEUE).decision).toBe('ImplicitlyDenied');
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
    ['an account', [{ ...LETS_IN, Principal: { AWS: '111111111111' } }], 'ImplicitlyDenied'],
    ['nobody', [], 'ImplicitlyDenied'],
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

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
describe('a Deny under a condition on what the request does not say', () => {
  const table: readonly (readonly [condition: object, assumes: string, calls: string])[] = [
    // Sessions of AssumeRole bear no word of MFA.
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
