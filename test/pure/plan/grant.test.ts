import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { grantStatement, type DesiredGrant } from '../../../src/desired/grant.ts';
import { TAGS } from '../../../src/desired/names.ts';
import type { ObservedPolicy, ObservedRole } from '../../../src/observed/objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { roleAfter } from '../../../src/plan/role-after.ts';
import { planGrant, roomForGrant } from '../../../src/plan/grant.ts';
import { policySize } from '../../../src/policy/size.ts';
import { role } from '../access/fixtures.ts';
import { allow, callsOf, CLUSTER, EXECUTION_ROLE } from '../desired/fixtures.ts';
import { bareRole } from '../observed/fixtures.ts';
import { operations, OWN_POLICY, OWN_TRUST, parsed } from './fixtures.ts';
import { narrow } from '../../expectations.ts';
import { policyOf } from '../../../src/policy/document.ts';

const ROLES = ['a', 'b', 'c'].map((name) => role(`crossaccountlink/payments/${name}`).text);
const UNREADABLE: ObservedPolicy = {
  kind: 'unreadable',
  text: '{"Sid":"CrossAccountLinkGrant"',
  problem: 'the policy is not JSON',
};

/** An execution role with policies of others and, if given, ours. */
function executionRole(own: ObservedPolicy | undefined): ObservedRole {
  return bareRole(EXECUTION_ROLE, {
    inlinePolicies: new Map([
      ['theirs', parsed(allow(['dynamodb:*'], ['*']))],
      ...(own === undefined ? [] : ([[OWN_POLICY, own]] as const)),
    ]),
    managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    tags: new Map([['theirs', 'x']]),
  });
}

function grant(targetRoleArns: readonly string[], mayShrink = true): DesiredGrant {
  return {
    executionRoleArn: EXECUTION_ROLE,
    targetRoleArns,
    mayShrink,
    keptTargetRoleArns: [],
    conflicts: [],
  };
}

function granting(...roles: readonly string[]): ObservedPolicy {
  return parsed(grantStatement(roles));
}

function plan(desired: DesiredGrant, own: ObservedPolicy | undefined): readonly Action[] {
  return planGrant(desired, executionRole(own), CLUSTER).actions;
}

const [A = '', B = ''] = ROLES;

test('a missing grant is put as one inline policy under the published name', () => {
  const [put, ...more] = plan(grant([A]), undefined);
  narrow(put?.operation === 'PutRolePolicy', put);
  expect([put.policyName, put.leg, more]).toStrictEqual(['CrossAccountLink-test', 'executionRoleGrant', []]);
  expect(put.document.statements).toStrictEqual([
    {
      sid: 'CrossAccountLinkGrant',
      effect: 'Allow',
      actions: { negated: false, values: ['sts:AssumeRole'] },
      resources: { negated: false, values: [A] },
    },
  ]);
});

test('a grant that stands needs no write, in whatever order it names the roles', () => {
  expect(
    plan(grant([A, B]), parsed({ ...grantStatement([]), resources: { negated: false, values: [B, A] } })),
  ).toStrictEqual([]);
});

test('a grant that was widened is put right', () => {
  const [put] = plan(grant([A]), granting(A, 'arn:aws:iam::222222222222:role/*'));
  narrow(put?.operation === 'PutRolePolicy', put);
  expect(callsOf(put.document.statements)).toStrictEqual([`sts:AssumeRole on ${A}`]);
});

test('when no link needs it the policy goes', () => {
  expect(operations(plan(grant([]), granting(A)))).toStrictEqual(['DeleteRolePolicy']);
});

test('a policy that is not there is nothing to remove', () => {
  expect(planGrant(grant([]), executionRole(undefined), CLUSTER)).toStrictEqual({
    actions: [],
    withheld: [],
  });
});

test('a policy of the name that cannot be read is replaced, and its text is shown', () => {
  const [put] = plan(grant([A]), UNREADABLE);
  expect(put?.operation).toBe('PutRolePolicy');
  expect(put?.changes[0]?.before).toBe('{"Sid":"CrossAccountLinkGrant"');
});

describe('a target role has its permissions under the grant’s name, and no grant beside them', () => {
  const permissions = parsed({ ...allow(['sqs:SendMessage'], ['*']), sid: 'CrossAccountLinkSqsSendMessage' });
  const withoutPermissions = {
    ...executionRole(undefined),
    tags: new Map([[TAGS.clusterId, CLUSTER]]),
  };

  test.each([
    ['with permissions', executionRole(permissions)],
    ['that needs none', withoutPermissions],
  ])('a role %s is not given one: the message asks for another execution role', (_, found) => {
    for (const wroteBefore of [false, true]) {
      const trusting = { ...found, trust: wroteBefore ? parsed(OWN_TRUST) : found.trust };
      const { actions, problem } = planGrant(grant([A]), trusting, CLUSTER, { wroteBefore });
      expect([actions, problem?.reason, problem?.message]).toStrictEqual([
        [],
        'PolicyNotOwned',
        expect.stringContaining("has this operator's permissions"),
      ]);
    }
  });

  test.each([
    [
      'whose grant somebody gave another Sid',
      executionRole(parsed({ ...grantStatement([A]), sid: 'CrossAccountLinkX' })),
    ],
    ['that somebody tagged', withoutPermissions],
  ])('an execution role %s, and that lets in nobody for links, gets its grant back', (_, found) => {
    const { actions } = planGrant(grant([A]), found, CLUSTER, { wroteBefore: true });
    expect(operations(actions)).toStrictEqual(['PutRolePolicy']);
  });

  test('an execution role with the tag of another cluster is given its grant', () => {
    const tagged = { ...executionRole(undefined), tags: new Map([[TAGS.clusterId, 'other']]) };
    expect(planGrant(grant([A]), tagged, CLUSTER).actions).toMatchObject([{ operation: 'PutRolePolicy' }]);
  });

  test('its permissions are nothing to remove, and nothing that is left behind', () => {
    expect(planGrant(grant([]), executionRole(permissions), CLUSTER, { wroteBefore: true })).toStrictEqual({
      actions: [],
      withheld: [],
    });
  });

  test('tags alone make no target role of one that has the grant', () => {
    const tagged = { ...executionRole(granting(A)), tags: new Map([[TAGS.clusterId, CLUSTER]]) };
    expect(planGrant(grant([]), tagged, CLUSTER).actions).toMatchObject([{ operation: 'DeleteRolePolicy' }]);
  });
});

describe('a policy of the grant’s name without a statement of ours is somebody else’s', () => {
  const theirs = parsed(allow(['dynamodb:*'], ['*']));

  test('and is not overwritten', () => {
    const { actions, problem } = planGrant(grant([A]), executionRole(theirs), CLUSTER);
    expect([actions, problem?.leg, problem?.reason]).toStrictEqual([
      [],
      'executionRoleGrant',
      'PolicyNotOwned',
    ]);
  });

  test('unless the link is known to have had its grant there: then it is put right', () => {
    const { actions } = planGrant(grant([A]), executionRole(theirs), CLUSTER, { wroteBefore: true });
    expect(operations(actions)).toStrictEqual(['PutRolePolicy']);
  });

  test('and is not deleted with the last link', () => {
    expect(plan(grant([]), theirs)).toStrictEqual([]);
  });

  test('also where its text cannot be read', () => {
    const { problem } = planGrant(grant([A]), executionRole({ ...UNREADABLE, text: '{"Version":' }), CLUSTER);
    expect(problem?.reason).toBe('PolicyNotOwned');
  });
});

describe('an execution role that does not exist', () => {
  test('is a problem for a link that needs it', () => {
    const { actions, problem } = planGrant(grant([A]), undefined, CLUSTER);
    expect([actions, problem?.leg, problem?.reason]).toStrictEqual([
      [],
      'executionRoleGrant',
      'ExecutionRoleNotFound',
    ]);
    expect(problem?.message).toContain(EXECUTION_ROLE);
  });

  test('is done with when no link needs it', () => {
    expect(planGrant(grant([]), undefined, CLUSTER)).toStrictEqual({ actions: [], withheld: [] });
  });
});

describe('while a link that may share the grant is out of sight', () => {
  test('a grant that holds ours already is not written', () => {
    expect(plan(grant([A], false), granting(A, B))).toStrictEqual([]);
  });

  test('ours is added to what stands', () => {
    const [put] = plan(grant([A], false), granting(B));
    narrow(put?.operation === 'PutRolePolicy', put);
    expect(put.document.statements).toStrictEqual([grantStatement([A, B])]);
  });

  for (const [what, own] of [
    ['a policy', granting(A)],
    ['a policy that cannot be read', UNREADABLE],
  ] as const) {
    test(`${what} stays when no link that is in sight needs it`, () => {
      const { actions, withheld } = planGrant(grant([], false), executionRole(own), CLUSTER);
      expect([actions, withheld.length]).toStrictEqual([[], 1]);
    });
  }

  test('nothing waits where there is nothing to remove', () => {
    expect(planGrant(grant([A], false), executionRole(undefined), CLUSTER).withheld).toStrictEqual([]);
  });
});

const someRoles = fc.subarray(ROLES);
const own = fc.option(
  fc.oneof(
    someRoles.filter((roles) => roles.length > 0).map((roles) => granting(...roles)),
    fc.constant(UNREADABLE),
    fc.constant(parsed(allow(['*'], ['*']))),
  ),
  { nil: undefined },
);

function after(desired: DesiredGrant, found: ObservedRole): ObservedRole | undefined {
  const { actions } = planGrant(desired, found, CLUSTER);
  return actions.reduce<ObservedRole | undefined>(
    (state, action) => roleAfter(state, action, undefined),
    found,
  );
}

test('a grant that was carried out leaves nothing to plan', () => {
  fc.assert(
    fc.property(someRoles, fc.boolean(), own, (roles, mayShrink, policy) => {
      const desired = grant(roles, mayShrink);
      expect(planGrant(desired, after(desired, executionRole(policy)), CLUSTER).actions).toStrictEqual([]);
    }),
  );
});

test('on an execution role nothing but the one policy of ours is ever written', () => {
  fc.assert(
    fc.property(someRoles, fc.boolean(), own, (roles, mayShrink, policy) => {
      const found = executionRole(policy);
      const { inlinePolicies, ...rest } = after(grant(roles, mayShrink), found) ?? executionRole(undefined);
      const { inlinePolicies: before, ...same } = found;
      expect(rest).toStrictEqual(same);
      expect(inlinePolicies.get('theirs')).toBe(before.get('theirs'));
      expect([...inlinePolicies.keys()].every((name) => name === 'theirs' || name === OWN_POLICY)).toBe(true);
    }),
  );
});

test('while a link is out of sight no role that the grant names is lost', () => {
  fc.assert(
    fc.property(someRoles, someRoles, (wanted, standing) => {
      const written = after(grant(wanted, false), executionRole(granting(...standing)));
      const policy = written?.inlinePolicies.get(OWN_POLICY);
      const names =
        policy?.kind === 'parsed' ? policy.document.statements.flatMap((s) => s.resources?.values ?? []) : [];
      expect(new Set(names)).toStrictEqual(new Set([...wanted, ...standing]));
    }),
  );
});

describe('the room for the grant', () => {
  test('is what the inline policies of others leave of 10,240 characters', () => {
    const theirs = policySize(policyOf([allow(['dynamodb:*'], ['*'])]));
    expect(roomForGrant(executionRole(granting(A, B)), CLUSTER)).toBe(10_240 - theirs);
  });

  test('counts a policy that cannot be read by its text, white space left out', () => {
    const unreadable = { kind: 'unreadable', text: ' {\n "x" ', problem: 'no JSON' } as const;
    const found = { ...executionRole(undefined), inlinePolicies: new Map([['theirs', unreadable]]) };
    expect(roomForGrant(found, CLUSTER)).toBe(10_240 - 4);
  });

  test('is all of it on a role that does not exist', () => {
    expect(roomForGrant(undefined, CLUSTER)).toBe(10_240);
  });
});
