import { describe, expect, test } from '@jest/globals';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { managedKeyTags } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { ObjectPlan } from '../../../src/plan/action.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { machine } from '../access/fixtures.ts';
import {
  allow,
  CONTEXT,
  contributes,
  link,
  NAMESPACE,
  permitting,
  QUEUE,
  ROLE,
} from '../desired/fixtures.ts';
import {
  desired,
  FACTS,
  FOREIGN_TRUST,
  leaving,
  observed,
  operations,
  OWN_POLICY,
  OWN_TRUST,
  OWNED,
  parsed,
  plan,
} from './fixtures.ts';
import { narrow } from '../../expectations.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/audit';
const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';
const ATTACHING = permitting({ managedPolicyArns: [MANAGED] });

function planWith(
  contributorStates: readonly ContributorState[],
  role: ObservedRole | undefined,
): ObjectPlan {
  return planTargetRole(desiredTargetRole(ROLE, NAMESPACE, contributorStates, CONTEXT), role, FACTS);
}

test('a role that is as its links describe it needs no write', () => {
  expect(plan({}, observed())).toStrictEqual([]);
});

describe('a role that does not exist', () => {
  test('is made with its trust policy, boundary and tags in one write, then gets its permissions', () => {
    const actions = plan(
      { permissionsBoundaryArn: BOUNDARY, description: 'x', permissions: ATTACHING },
      undefined,
    );
    expect(operations(actions)).toStrictEqual(['CreateRole', 'PutRolePolicy', 'AttachRolePolicy']);
    const [create] = actions;
    narrow(create?.operation === 'CreateRole', create);
    expect([create.permissionsBoundaryArn, create.description]).toStrictEqual([BOUNDARY, 'x']);
    expect(create.trust.statements).toStrictEqual([OWN_TRUST]);
  });

  test('is tagged with the cluster, the namespace, the tags of the spec and the record of these', () => {
    const [create] = plan({ tags: { team: 'payments' } }, undefined);
    narrow(create?.operation === 'CreateRole', create);
    expect(create.tags).toStrictEqual(new Map([['team', 'payments'], ...managedKeyTags(['team']), ...OWNED]));
  });

  test('is not made when nobody asks for it', () => {
    expect(planTargetRole(leaving(), undefined, FACTS)).toStrictEqual({ actions: [], withheld: [] });
  });

  test('is not made when nothing of what is asked fits, and the plan says so', () => {
    const huge = contributes(link('a'), { permissions: [allow(['sqs:SendMessage'], ['x'.repeat(11_000)])] });
    const { actions, problem } = planWith([huge], undefined);
    expect([actions, problem?.leg, problem?.reason]).toStrictEqual([[], 'targetRole', 'GrantTooLarge']);
  });
});

test('a role that stands keeps what it has when nothing of what is asked fits', () => {
  const huge = contributes(link('a'), { permissions: [allow(['sqs:SendMessage'], ['x'.repeat(11_000)])] });
  const { actions, problem } = planWith([huge], observed());
  expect([actions, problem?.reason]).toStrictEqual([[], 'GrantTooLarge']);
});

test('a role of somebody else is not written, and the plan says why', () => {
  const { actions, problem } = planTargetRole(desired(), observed({ tags: new Map() }), {});
  expect([actions, problem?.leg, problem?.reason]).toStrictEqual([[], 'targetRole', 'RoleNotOwned']);
});

const DRIFT: readonly { what: string; role: Partial<ObservedRole>; operation: string; path: RegExp }[] = [
  {
    what: 'a trust policy without the external ID',
    role: { trust: parsed({ ...OWN_TRUST, conditions: {} }) },
    operation: 'UpdateAssumeRolePolicy',
    path: /^trustPolicy\.Statement\[CrossAccountLinkTrust.+\]\.Condition\.StringEquals\.sts:ExternalId$/,
  },
  {
    what: 'a foreign trust statement',
    role: { trust: parsed(OWN_TRUST, FOREIGN_TRUST) },
    operation: 'UpdateAssumeRolePolicy',
    path: /^trustPolicy\.Statement/,
  },
  {
    what: 'a trust policy that cannot be read',
    role: { trust: { kind: 'unreadable', text: '{', problem: 'the policy is not JSON' } },
    operation: 'UpdateAssumeRolePolicy',
    path: /^trustPolicy$/,
  },
  {
    what: 'an action more than asked for',
    role: { inlinePolicies: new Map([[OWN_POLICY, parsed(allow(['sqs:*'], [QUEUE]))]]) },
    operation: 'PutRolePolicy',
    path: /^inlinePolicies\[CrossAccountLink-test\]/,
  },
  {
    what: 'a missing policy',
    role: { inlinePolicies: new Map() },
    operation: 'PutRolePolicy',
    path: /^inlinePolicies/,
  },
  {
    what: 'a policy that cannot be read',
    role: { inlinePolicies: new Map([[OWN_POLICY, { kind: 'unreadable', text: '{', problem: 'no JSON' }]]) },
    operation: 'PutRolePolicy',
    path: /^inlinePolicies/,
  },
  {
    what: 'a foreign inline policy',
    role: {
      inlinePolicies: new Map([...observed().inlinePolicies, ['foreign', parsed(allow(['*'], ['*']))]]),
    },
    operation: 'DeleteRolePolicy',
    path: /^inlinePolicies\[foreign\]/,
  },
  {
    what: 'a foreign attached policy',
    role: { managedPolicyArns: [MANAGED] },
    operation: 'DetachRolePolicy',
    path: /^managedPolicies/,
  },
  {
    what: 'an instance profile',
    role: { instanceProfiles: ['web'] },
    operation: 'RemoveRoleFromInstanceProfile',
    path: /^instanceProfiles/,
  },
  {
    what: 'a boundary that nobody asks for',
    role: { permissionsBoundaryArn: BOUNDARY },
    operation: 'DeleteRolePermissionsBoundary',
    path: /^permissionsBoundary$/,
  },
];

describe('drift', () => {
  for (const { what, role, operation, path } of DRIFT) {
    test(`${what} is put right by ${operation} alone`, () => {
      const actions = plan({}, observed(role));
      expect(operations(actions)).toStrictEqual([operation]);
      expect(actions[0]?.changes[0]?.path ?? '').toMatch(path);
    });
  }

  test('of a description is put right where the description was read', () => {
    expect(operations(plan({ description: 'x' }, observed({ description: 'y' })))).toStrictEqual([
      'UpdateRoleDescription',
    ]);
    const { description: _, ...unread } = observed();
    expect(plan({ description: 'x' }, unread)).toStrictEqual([]);
  });

  test('of a description that no link sets is taken off', () => {
    expect(plan({}, observed({ description: 'mine' }))).toMatchObject([
      { operation: 'UpdateRoleDescription', description: '' },
    ]);
  });
});

describe('what means the same is no drift:', () => {
  const root = {
    ...FOREIGN_TRUST,
    principals: { negated: false, anyone: false, byType: { AWS: ['111111111111'] } },
  };
  const SAME: readonly { what: string; role: Partial<ObservedRole> }[] = [
    {
      what: 'an action in other letters',
      role: { inlinePolicies: new Map([[OWN_POLICY, parsed(allow(['SQS:SENDMESSAGE'], [QUEUE]))]]) },
    },
    {
      what: 'a policy of the older version without variables',
      role: {
        trust: { kind: 'parsed', document: { version: '2008-10-17', statements: [OWN_TRUST] } },
      },
    },
    {
      what: 'a statement that stands twice',
      role: { trust: parsed(OWN_TRUST, OWN_TRUST) },
    },
  ];
  for (const { what, role } of SAME) test(what, () => expect(plan({}, observed(role))).toStrictEqual([]));

  test('a preserved statement of the older version says what it said: its variables are text', () => {
    const named = {
      ...FOREIGN_TRUST,
      conditions: { StringLike: { 'sts:RoleSessionName': ['${aws:username}'] } },
    };
    const old = { kind: 'parsed', document: { version: '2008-10-17', statements: [named] } } as const;
    const [update] = plan({ unmanaged: 'Preserve' }, observed({ trust: old }));
    narrow(update?.operation === 'UpdateAssumeRolePolicy', update);
    const conditions = { StringLike: { 'sts:RoleSessionName': ['${$}{aws:username}'] } };
    expect(update.trust.statements).toStrictEqual([OWN_TRUST, { ...named, conditions }]);
    const written = observed({ trust: { kind: 'parsed', document: update.trust } });
    expect(plan({ unmanaged: 'Preserve' }, written)).toStrictEqual([]);
  });

  test('an account as its number or as its root, in a preserved statement', () => {
    expect(plan({ unmanaged: 'Preserve' }, observed({ trust: parsed(OWN_TRUST, root) }))).toStrictEqual([]);
  });
});

describe('tags', () => {
  test('of the spec are set, and the record of them is kept', () => {
    const [tag] = plan({ tags: { team: 'x' } }, observed());
    narrow(tag?.operation === 'TagRole', tag);
    expect(tag.tags).toStrictEqual(new Map([['team', 'x'], ...managedKeyTags(['team'])]));
  });

  test("that the spec dropped go with their record, and nobody else's", () => {
    const tags = new Map([...OWNED, ['team', 'x'], ['theirs', 'y'], ...managedKeyTags(['team'])]);
    const [untag, ...more] = plan({}, observed({ tags }));
    narrow(untag?.operation === 'UntagRole', untag);
    expect([untag.keys, more]).toStrictEqual([[...managedKeyTags(['team']).keys(), 'team'], []]);
  });

  test('that a link out of sight set stay, record and all', () => {
    const tags = new Map([...OWNED, ['team', 'x'], ...managedKeyTags(['team'])]);
    const sibling = link('b', { stateMachine: machine('refund') });
    const { actions } = planWith(
      [contributes(link('a')), { kind: 'unread', link: sibling }],
      observed({ tags }),
    );
    expect(actions).toStrictEqual([]);
  });

  test('of ownership come back when they are taken off', () => {
    const [tag] = plan({}, observed({ tags: new Map() }));
    narrow(tag?.operation === 'TagRole', tag);
    expect(tag.tags).toStrictEqual(OWNED);
  });
});

describe('permissions that only stay where they stand', () => {
  const other = 'arn:aws:sqs:us-east-1:222222222222:other';
  const wanted = () => {
    const contributor = contributes(link('a'), {
      keptPermissions: [allow(['sqs:SendMessage', 'sqs:DeleteMessage'], [QUEUE, other])],
    });
    return desiredTargetRole(ROLE, NAMESPACE, [contributor], CONTEXT);
  };

  test('are not added', () => {
    expect(planTargetRole(wanted(), observed(), FACTS).actions).toStrictEqual([]);
  });

  test('are not taken away as far as they stand', () => {
    const standing = allow(['sqs:SendMessage'], [QUEUE, other]);
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, parsed(standing)]]) });
    expect(planTargetRole(wanted(), role, FACTS).actions).toStrictEqual([]);
  });
});
