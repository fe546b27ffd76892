import { describe, expect, test } from '@jest/globals';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { managedKeyTags, TAGS } from '../../../src/desired/names.ts';
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
  ROLE_ID,
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

/** Nothing is on record of a role that is yet to be adopted. */
const WITHIN_RULES = { excessOf: () => undefined };

describe('adoption', () => {
  const adopting = { adopt: true, unmanaged: 'Preserve' } as const;
  const theirs = observed({
    tags: new Map([['theirs', 'x']]),
    trust: parsed(FOREIGN_TRUST),
    inlinePolicies: new Map(),
  });

  test('marks the role as adopted before anything else', () => {
    const [tag] = planTargetRole(desired(adopting), theirs, WITHIN_RULES).actions;
    narrow(tag?.operation === 'TagRole', tag);
    expect(tag.tags.get(TAGS.adopted)).toBe('true');
  });

  test('adds our statement to the trust policy beside those that stand there', () => {
    const { actions } = planTargetRole(desired(adopting), theirs, WITHIN_RULES);
    const trust = actions.find(({ operation }) => operation === 'UpdateAssumeRolePolicy');
    narrow(trust?.operation === 'UpdateAssumeRolePolicy', trust);
    expect(trust.trust.statements).toStrictEqual([OWN_TRUST, FOREIGN_TRUST]);
  });

  test('leaves the boundary that the role came with', () => {
    const bounded = { ...theirs, permissionsBoundaryArn: BOUNDARY };
    const { actions } = planTargetRole(desired({ adopt: true, unmanaged: 'Remove' }), bounded, {});
    expect(operations(actions)).not.toContain('DeleteRolePermissionsBoundary');
  });

  test('with unmanaged: Remove takes away what others put on the role', () => {
    const { actions } = planTargetRole(
      desired({ adopt: true, unmanaged: 'Remove' }),
      { ...theirs, managedPolicyArns: [MANAGED] },
      {},
    );
    expect(operations(actions)).toStrictEqual([
      'TagRole',
      'PutRolePolicy',
      'DetachRolePolicy',
      'UpdateAssumeRolePolicy',
    ]);
  });

  describe('of a role that may do more than the rules allow', () => {
    const strong = { ...theirs, managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] };
    const facts = { excessOf: () => 'policy AdministratorAccess allows * on *' };
    const outOfSight = { kind: 'frozen', link: link('b') } as const;

    test('writes nothing where what is on the role stays', () => {
      const { actions, problem } = planTargetRole(desired(adopting), strong, facts);
      expect([actions, problem?.reason]).toStrictEqual([[], 'AdoptionTooStrong']);
      expect(problem?.message).toContain('policy AdministratorAccess allows * on *');
    });

    test('writes nothing while nothing may be removed, whatever the link says', () => {
      const contributor = contributes(link('a', { adopt: true, unmanaged: 'Remove' }));
      const wanted = desiredTargetRole(ROLE, NAMESPACE, [contributor, outOfSight], CONTEXT);
      const { actions, problem } = planTargetRole(wanted, strong, facts);
      expect([actions, problem?.reason]).toStrictEqual([[], 'AdoptionTooStrong']);
    });

    test('writes nothing when nobody has read the policies on it', () => {
      expect(planTargetRole(desired(adopting), strong, {}).problem?.reason).toBe('AdoptionTooStrong');
    });

    test('lets nobody in before that is taken off', () => {
      const { actions } = planTargetRole(desired({ adopt: true, unmanaged: 'Remove' }), strong, facts);
      const names = operations(actions);
      expect(names.indexOf('UpdateAssumeRolePolicy')).toBeGreaterThan(names.indexOf('DetachRolePolicy'));
      expect(names.at(-1)).toBe('UpdateAssumeRolePolicy');
    });

    test('lets no one more in when that came after the adoption', () => {
      const contributor = contributes(link('a', { adopt: true, unmanaged: 'Preserve' }));
      const wanted = desiredTargetRole(ROLE, NAMESPACE, [contributor], CONTEXT);
      const adopted = { ...strong, tags: new Map([...OWNED, [TAGS.adopted, 'true']]) };
      const { problem } = planTargetRole(wanted, adopted, { ...facts, records: [ROLE_ID] });
      expect(problem?.reason).toBe('AdoptionTooStrong');
    });

    test('is no affair of a role that lets in already who is to be let in', () => {
      const adopted = {
        ...strong,
        trust: parsed(OWN_TRUST, FOREIGN_TRUST),
        tags: new Map([...OWNED, [TAGS.adopted, 'true']]),
      };
      expect(planTargetRole(desired(adopting), adopted, facts).problem).toBeUndefined();
    });
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

describe('when the last link leaves', () => {
  const full = observed({
    instanceProfiles: ['web'],
    managedPolicyArns: [MANAGED],
    inlinePolicies: new Map([...observed().inlinePolicies, ['foreign', parsed(allow(['*'], ['*']))]]),
  });

  test('a role that the operator made goes whole, what hangs on it first', () => {
    expect(operations(planTargetRole(leaving(), full, FACTS).actions)).toStrictEqual([
      'RemoveRoleFromInstanceProfile',
      'DetachRolePolicy',
      'DeleteRolePolicy',
      'DeleteRolePolicy',
      'DeleteRole',
    ]);
  });

  const ADOPTED = new Map([
    ...OWNED,
    [TAGS.adopted, 'true'],
    ['theirs', 'x'],
    ['team', 'y'],
    ...managedKeyTags(['team']),
  ]);

  test('an adopted role is given back: our statement, policy and tags go, and nothing else', () => {
    const adopted = { ...full, tags: ADOPTED, trust: parsed(FOREIGN_TRUST, OWN_TRUST) };
    const { actions } = planTargetRole(leaving(), adopted, FACTS);
    expect(operations(actions)).toStrictEqual(['UpdateAssumeRolePolicy', 'DeleteRolePolicy', 'UntagRole']);
    const [trust, policy, untag] = actions;
    narrow(trust?.operation === 'UpdateAssumeRolePolicy', trust);
    expect(trust.trust.statements).toStrictEqual([FOREIGN_TRUST]);
    narrow(policy?.operation === 'DeleteRolePolicy' && policy.policyName === OWN_POLICY, policy);
    narrow(untag?.operation === 'UntagRole', untag);
    expect(untag.keys).toStrictEqual([...ADOPTED.keys()].filter((key) => key !== 'theirs').toSorted());
  });

  test('an adopted role that trusted nobody else lets nobody in from then on', () => {
    const [trust] = planTargetRole(leaving(), observed({ tags: ADOPTED }), FACTS).actions;
    narrow(trust?.operation === 'UpdateAssumeRolePolicy', trust);
    expect(
      trust.trust.statements.map(({ effect, principals }) => [effect, principals?.byType]),
    ).toStrictEqual([['Deny', { AWS: ['*'] }]]);
  });

  test('the trust policy of an adopted role that cannot be read is left', () => {
    const unreadable = { kind: 'unreadable', text: '{', problem: 'no JSON' } as const;
    const { actions } = planTargetRole(leaving(), observed({ tags: ADOPTED, trust: unreadable }), FACTS);
    expect(operations(actions)).toStrictEqual(['DeleteRolePolicy', 'UntagRole']);
  });

  test('a role of ours that lets others in stays for them under Preserve', () => {
    const shared = observed({ trust: parsed(OWN_TRUST, FOREIGN_TRUST) });
    const { actions } = planTargetRole(leaving({ unmanaged: 'Preserve' }), shared, FACTS);
    expect(operations(actions)).toStrictEqual(['UpdateAssumeRolePolicy', 'DeleteRolePolicy', 'UntagRole']);
  });

  const UNTOUCHED = [
    { why: 'it is of another cluster', role: observed({ tags: new Map([[TAGS.clusterId, 'other']]) }) },
    {
      why: 'it was made again by somebody else',
      role: observed({ roleId: 'AROAOTHER', trust: parsed(FOREIGN_TRUST) }),
    },
  ];
  for (const { why, role } of UNTOUCHED) {
    test(`a role is not touched when ${why}`, () => {
      expect(planTargetRole(leaving(), role, FACTS).actions).toStrictEqual([]);
    });
  }

  test('Retain leaves the role as it is', () => {
    expect(planTargetRole(leaving({ retain: true }), full, FACTS)).toStrictEqual({
      actions: [],
      withheld: [],
    });
  });

  test('nothing is removed while a sibling is frozen, and it is said that this waits', () => {
    const contributorStates: readonly ContributorState[] = [
      { kind: 'departing', link: link('a') },
      { kind: 'frozen', link: link('b') },
    ];
    const { actions, withheld } = planWith(contributorStates, full);
    expect([actions, withheld.length]).toStrictEqual([[], 1]);
  });
});

describe('while a sibling is not yet read', () => {
  const refund = machine('refund');
  const sibling = link('b', { stateMachine: refund });
  const unread: ContributorState = { kind: 'unread', link: sibling };
  const both = parsed({
    ...OWN_TRUST,
    conditions: { StringEquals: { 'sts:ExternalId': [machine('checkout').text, refund.text] } },
  });

  test('a trust statement that both share is not written', () => {
    expect(planWith([contributes(link('a')), unread], observed({ trust: both })).actions).toStrictEqual([]);
  });

  test('a machine of ours is added to the statement of its execution role', () => {
    const theirs = parsed({
      ...OWN_TRUST,
      conditions: { StringEquals: { 'sts:ExternalId': [refund.text] } },
    });
    const { actions } = planWith([contributes(link('a')), unread], observed({ trust: theirs }));
    expect(operations(actions)).toStrictEqual(['UpdateAssumeRolePolicy']);
    const [trust] = actions;
    narrow(trust?.operation === 'UpdateAssumeRolePolicy', trust);
    expect(trust.trust.statements).toStrictEqual(both.kind === 'parsed' ? both.document.statements : []);
  });

  test('permissions that both share are not written', () => {
    const policies = new Map([
      [OWN_POLICY, parsed(allow(['sqs:ReceiveMessage', 'sqs:SendMessage'], [QUEUE]))],
    ]);
    expect(
      planWith([contributes(link('a')), unread], observed({ inlinePolicies: policies })).actions,
    ).toStrictEqual([]);
  });

  test('an own policy that cannot be read stays when the link asks for none', () => {
    const unreadable = { kind: 'unreadable', text: '{', problem: 'no JSON' } as const;
    const asking = contributes(link('a'), { permissions: [] });
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, unreadable]]) });
    expect(planWith([asking, unread], role).actions).toStrictEqual([]);
  });
});
