import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { permissionDenials } from '../../../src/access/permissions.ts';
import type { Conditions, Statement } from '../../../src/policy/document.ts';
import { allow } from '../desired/fixtures.ts';
import { asTarget, role, rulesOf, TARGET, targetsFor, type Entry } from './fixtures.ts';

const ROLE = role('crossaccountlink/payments/checkout');
const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:orders';
const TOPIC = 'arn:aws:sns:us-east-1:222222222222:orders';
const TASK_ROLE = 'arn:aws:iam::222222222222:role/billing-task';
const ECS = 'ecs-tasks.amazonaws.com';

/** Denied pairs, as `action on resource`. */
function denied(
  entries: readonly Entry[],
  statements: readonly Statement[],
  unbindable: readonly string[] = [],
): readonly string[] {
  const targets = targetsFor(rulesOf(TARGET, [...entries]), ROLE);
  const denials = permissionDenials(targets, statements, (action) => unbindable.includes(action));
  return denials.map(({ action, resource }) => `${action} on ${resource}`);
}

describe('an action on a resource', () => {
  test('is allowed where one entry allows both', () => {
    const entry = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['arn:aws:sqs:*:222222222222:*'] });
    expect(denied([entry], [allow(['sqs:SendMessage'], [QUEUE])])).toStrictEqual([]);
  });

  for (const grants of [{ allowedActions: ['*'] }, { allowedResources: ['*'] }, {}]) {
    test(`is denied where an entry holds only ${JSON.stringify(grants)}: a missing list means none`, () => {
      expect(denied([asTarget(grants)], [allow(['sqs:SendMessage'], [QUEUE])])).toStrictEqual([
        `sqs:SendMessage on ${QUEUE}`,
      ]);
    });
  }

  test('is not put together from the action of one entry and the resource of another', () => {
    const entries = [
      asTarget({ allowedActions: ['sqs:SendMessage'], allowedResources: [TOPIC] }),
      asTarget({ allowedActions: ['sns:Publish'], allowedResources: [QUEUE] }),
    ];
    expect(denied(entries, [allow(['sqs:SendMessage', 'sns:Publish'], [QUEUE])])).toStrictEqual([
      `sqs:SendMessage on ${QUEUE}`,
    ]);
  });

  test('of an entry for another role path allows nothing', () => {
    const elsewhere = asTarget({
      rolePathPrefix: '/elsewhere/',
      allowedActions: ['*'],
      allowedResources: ['*'],
    });
    expect(denied([elsewhere], [allow(['sqs:SendMessage'], [QUEUE])])).toHaveLength(1);
  });

  test('is named with each of its resources that is not allowed', () => {
    const entry = asTarget({ allowedActions: ['sqs:*'], allowedResources: [QUEUE] });
    expect(denied([entry], [allow(['sqs:SendMessage'], [QUEUE, `${QUEUE}-dead`])])).toStrictEqual([
      `sqs:SendMessage on ${QUEUE}-dead`,
    ]);
  });

  test('is allowed in any case of letters, as IAM reads actions', () => {
    const entry = asTarget({ allowedActions: ['SQS:sendmessage'], allowedResources: [QUEUE] });
    expect(denied([entry], [allow(['sqs:SendMessage'], [QUEUE])])).toStrictEqual([]);
  });

  test('that IAM knows only with "*" is decided by the action alone', () => {
    const entry = asTarget({ allowedActions: ['textract:DetectText'] });
    const statement = allow(['textract:DetectText'], ['*']);
    expect(denied([entry], [statement], ['textract:DetectText'])).toStrictEqual([]);
    expect(denied([entry], [statement])).toHaveLength(1);
  });
});

describe('a pattern that a link asks for', () => {
  const entry = asTarget({ allowedActions: ['sqs:Send*'], allowedResources: [`${QUEUE}-*`] });

  const ASKED = [
    { action: 'sqs:Send*', resource: `${QUEUE}-*`, allowed: true },
    { action: 'sqs:SendMessage*', resource: `${QUEUE}-a*`, allowed: true },
    { action: 'sqs:*', resource: `${QUEUE}-a`, allowed: false },
    { action: 'sqs:S*', resource: `${QUEUE}-a`, allowed: false },
    { action: 'sqs:SendMessage', resource: `${QUEUE}*`, allowed: false },
    { action: 'sqs:SendMessage', resource: '*', allowed: false },
    { action: 'sqs:SendMessage', resource: `${QUEUE}-\${aws:username}`, allowed: false },
    { action: '*', resource: `${QUEUE}-a`, allowed: false },
  ];
  for (const { action, resource, allowed } of ASKED) {
    test(`${action} on ${resource} ${allowed ? 'lies' : 'does not lie'} inside what is allowed`, () => {
      expect(denied([entry], [allow([action], [resource])]).length === 0).toBe(allowed);
    });
  }

  test('is denied when it says what it is not for', () => {
    const everything = [asTarget({ allowedActions: ['*'], allowedResources: ['*'] })];
    const notAction: Statement = {
      ...allow([], [QUEUE]),
      actions: { negated: true, values: ['sqs:SendMessage'] },
    };
    const notResource: Statement = {
      ...allow(['sqs:SendMessage'], []),
      resources: { negated: true, values: [QUEUE] },
    };
    expect(denied(everything, [notAction])).toStrictEqual(['NotAction on *']);
    expect(denied(everything, [notResource])).toStrictEqual(['sqs:SendMessage on NotResource']);
  });
});

describe('iam:PassRole', () => {
  const bound = { StringEquals: { 'iam:PassedToService': [ECS] } };
  const passing = asTarget({ passRoles: [{ arn: TASK_ROLE, services: [ECS] }] });

  test('is allowed where passRoles names the role and the service', () => {
    expect(denied([passing], [allow(['iam:PassRole'], [TASK_ROLE], bound)])).toStrictEqual([]);
  });

  test.each([
    ['ecs-tasks.amazonaws.com', ['ecs-tasks.amazonaws.com', 'ecs-tasks.amazonaws.com.cn'], 0],
    ['ecs-tasks.amazonaws.com.cn', ['ecs-tasks.amazonaws.com'], 0],
    ['ecs-tasks.c2s.ic.gov', ['ecs-tasks.amazonaws.com', 'ecs-tasks.c2s.ic.gov'], 0],
    ['ecs-tasks.amazonaws.com', ['ec2.amazonaws.com.cn'], 1],
    ['ecs-tasks.amazonaws.com', ['ecs-tasks.amazonaws.com.example.com'], 1],
  ])(
    'passRoles that name %s, for %j: %i denials, whatever a partition calls the service',
    (rule, services, denials) => {
      const rules = asTarget({ passRoles: [{ arn: TASK_ROLE, services: [rule] }] });
      const conditions = { StringEquals: { 'iam:PassedToService': services } };
      expect(denied([rules], [allow(['iam:PassRole'], [TASK_ROLE], conditions)])).toHaveLength(denials);
    },
  );

  test('is not allowed by allowedActions and allowedResources, however wide', () => {
    const wide = asTarget({ allowedActions: ['*', 'iam:PassRole'], allowedResources: ['*'] });
    expect(denied([wide], [allow(['iam:PassRole'], [TASK_ROLE], bound)])).toHaveLength(1);
  });

  for (const action of ['iam:*', 'iam:Pass*', '*', '*:*', 'IAM:PASSROL?']) {
    test(`is not carried along by "${action}"`, () => {
      const wide = asTarget({
        allowedActions: ['*'],
        allowedResources: ['*'],
        passRoles: [{ arn: '*', services: [ECS] }],
      });
      expect(denied([wide], [allow([action], [TASK_ROLE], bound)])).toHaveLength(1);
    });
  }

  const UNBOUND: { why: string; conditions: Conditions | undefined }[] = [
    { why: 'no condition names a service', conditions: undefined },
    {
      why: 'another condition stands there',
      conditions: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
    },
    { why: 'the service is a pattern', conditions: { StringLike: { 'iam:PassedToService': [ECS] } } },
    {
      why: 'the condition may be absent',
      conditions: { StringEqualsIfExists: { 'iam:PassedToService': [ECS] } },
    },
    {
      why: 'one service more is named',
      conditions: { StringEquals: { 'iam:PassedToService': [ECS, 'ec2.amazonaws.com'] } },
    },
    { why: 'no service is named', conditions: { StringEquals: { 'iam:PassedToService': [] } } },
  ];
  for (const { why, conditions } of UNBOUND) {
    test(`is denied when ${why}`, () => {
      expect(denied([passing], [allow(['iam:PassRole'], [TASK_ROLE], conditions)])).toHaveLength(1);
    });
  }

  test('is denied for another role', () => {
    expect(denied([passing], [allow(['iam:PassRole'], [`${TASK_ROLE}-2`], bound)])).toHaveLength(1);
  });

  test('of one role to one service is not put together from two rules', () => {
    const entry = asTarget({
      passRoles: [
        { arn: TASK_ROLE, services: ['lambda.amazonaws.com'] },
        { arn: `${TASK_ROLE}-2`, services: [ECS] },
      ],
    });
    expect(denied([entry], [allow(['iam:PassRole'], [TASK_ROLE], bound)])).toHaveLength(1);
  });

  test('is read in any case of letters', () => {
    const conditions = { stringequals: { 'IAM:PassedToService': [ECS] } };
    expect(denied([passing], [allow(['IAM:passrole'], [TASK_ROLE], conditions)])).toStrictEqual([]);
  });
});

test('overlapping entries add up pair by pair, and never more than pair by pair', () => {
  const actions = fc.subarray(['sqs:SendMessage', 'sqs:ReceiveMessage', 'sns:Publish'], { minLength: 1 });
  const resources = fc.subarray([QUEUE, TOPIC], { minLength: 1 });
  const entries = fc.array(fc.record({ allowedActions: actions, allowedResources: resources }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(entries, actions, resources, (grants, wanted, on) => {
      const expected = wanted.flatMap((action) =>
        on
          .filter(
            (resource) =>
              !grants.some(
                ({ allowedActions, allowedResources }) =>
                  allowedActions.includes(action) && allowedResources.includes(resource),
              ),
          )
          .map((resource) => `${action} on ${resource}`),
      );
      expect(denied(grants.map(asTarget), [allow(wanted, on)])).toStrictEqual(expected);
    }),
  );
});
