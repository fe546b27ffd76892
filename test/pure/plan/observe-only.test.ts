import { expect, test } from '@jest/globals';
import { grantStatement } from '../../../src/desired/grant.ts';
import { TAGS } from '../../../src/desired/names.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { RoleRecords } from '../../../src/plan/ownership.ts';
import { planObserveOnlyGrant, planObserveOnlyRole } from '../../../src/plan/observe-only.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { allow, CLUSTER, EXECUTION_ROLE, QUEUE, ROLE } from '../desired/fixtures.ts';
import {
  desired,
  FOREIGN_TRUST,
  observed,
  operations,
  OWN_POLICY,
  OWN_TRUST,
  OWNED,
  parsed,
} from './fixtures.ts';

/** A role that lets the link in and allows its call, as somebody else would write it. */
function theirRole(fields: Partial<ObservedRole> = {}): ObservedRole {
  const { sid: _, ...trust } = OWN_TRUST;
  return observed({
    tags: new Map([['owner', 'terraform']]),
    trust: parsed(FOREIGN_TRUST, trust),
    inlinePolicies: new Map([['theirs', parsed(allow(['sqs:ReceiveMessage', 'sqs:SendMessage'], [QUEUE]))]]),
    ...fields,
  });
}

function lacking(role: ObservedRole, records: RoleRecords = []): readonly string[] {
  return operations(planObserveOnlyRole(desired(), role, { records }).actions);
}

test('a role of others that allows what the link needs lacks nothing, whatever else stands on it', () => {
  expect(planObserveOnlyRole(desired(), theirRole(), {})).toStrictEqual({ actions: [], withheld: [] });
});

test('what a role of others allows may stand in several of its policies', () => {
  const inlinePolicies = new Map([
    ['first', parsed(allow(['sqs:ReceiveMessage'], [QUEUE]))],
    ['second', parsed(allow(['sqs:SendMessage'], [QUEUE]))],
  ]);
  expect(lacking(theirRole({ inlinePolicies }))).toStrictEqual([]);
});

test.each([
  ['our trust', { trust: parsed(OWN_TRUST) }],
  ['our policy', { inlinePolicies: observed().inlinePolicies }],
])('a role of others that has %s alone lacks nothing for its tags', (_, fields) => {
  expect(lacking(theirRole(fields))).toStrictEqual([]);
});

test('a role of another cluster lacks what the link needs of it; of one of another namespace nothing is told', () => {
  const bare = { trust: parsed(FOREIGN_TRUST), inlinePolicies: new Map() };
  const others = observed({ ...bare, tags: new Map([[TAGS.clusterId, 'other']]) });
  expect(lacking(others)).toStrictEqual(['UpdateAssumeRolePolicy', 'PutRolePolicy']);
  const shippings = observed({ ...bare, tags: new Map([...OWNED, [TAGS.namespace, 'shipping']]) });
  expect(planObserveOnlyRole(desired(), shippings, {})).toMatchObject({
    actions: [],
    problem: { reason: 'RoleOwnedByOtherNamespace' },
  });
});

for (const [what, fields, operation] of [
  ['lets the execution role in', { trust: parsed(FOREIGN_TRUST) }, 'UpdateAssumeRolePolicy'],
  ['allows the call', { inlinePolicies: new Map() }, 'PutRolePolicy'],
] as const) {
  test(`a role of others that no longer ${what} lacks exactly that`, () => {
    expect(lacking(theirRole(fields))).toStrictEqual([operation]);
  });
}

test('a role of our own is held to all that it would be under Enforce', () => {
  const role = observed({ trust: parsed(OWN_TRUST, FOREIGN_TRUST) });
  expect(planObserveOnlyRole(desired(), role, {})).toStrictEqual(planTargetRole(desired(), role, {}));
});

test('a role of our own that lost its tags lacks them, by what it has and whatever is on record', () => {
  for (const records of [[], ['AROAOTHER'], [undefined]])
    expect(lacking(observed({ tags: new Map() }), records)).toStrictEqual(['TagRole']);
});

test('such a role is told with all that would go once its tags are back', () => {
  const bare = observed({ tags: new Map(), description: 'somebody’s' });
  expect(lacking(bare)).toStrictEqual(['TagRole', 'UpdateRoleDescription']);
});

test('a role that the link would adopt is held to all that it would be under Enforce', () => {
  const plan = planObserveOnlyRole(desired({ adopt: true, unmanaged: 'Remove' }), theirRole(), {});
  expect(plan).toStrictEqual(planTargetRole(desired({ adopt: true, unmanaged: 'Remove' }), theirRole(), {}));
  expect(plan.actions[0]?.operation).toBe('TagRole');
});

const GRANT = {
  executionRoleArn: EXECUTION_ROLE,
  targetRoleArns: [ROLE.text],
  mayShrink: true,
  keptTargetRoleArns: [],
  conflicts: [],
};

for (const [what, name, resources, actions] of [
  ['in a policy of others stands', 'theirs', [ROLE.text], 0],
  ['in a policy of others for another role is missing', 'theirs', [`${ROLE.text}-2`], 1],
  ['in our own policy for one role too many differs', OWN_POLICY, [ROLE.text, `${ROLE.text}-2`], 1],
] as const) {
  test(`a grant ${what}`, () => {
    const role = theirRole({ inlinePolicies: new Map([[name, parsed(grantStatement(resources))]]) });
    expect(planObserveOnlyGrant(GRANT, role, CLUSTER).actions).toHaveLength(actions);
  });
}
