/** What happens to a role that no link needs any more, if its tags alone do not say whose it is. */
import { describe, expect, test } from '@jest/globals';
import { attachedTag, RELEASED_SID, TAGS } from '../../../src/desired/names.ts';
import type { Link } from '../../../src/desired/link.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { allow, permitting } from '../desired/fixtures.ts';
import {
  FACTS,
  FOREIGN_TRUST,
  leaving,
  observed,
  operations,
  OWN_POLICY,
  OWN_TRUST,
  OWNED,
  parsed,
} from './fixtures.ts';

const BARE: ReadonlyMap<string, string> = new Map();
const MANAGED = 'arn:aws:iam::222222222222:policy/audit';
const FOREIGN_POLICY = ['theirs', parsed(allow(['*'], ['*']))] as const;
const UNREADABLE = { kind: 'unreadable', text: '{', problem: 'no JSON' } as const;

const DELETED = ['TagRole', 'DeleteRolePolicy', 'DeleteRole'];
const GIVEN_BACK = ['TagRole', 'UpdateAssumeRolePolicy', 'DeleteRolePolicy', 'UntagRole'];

describe('a role on record that lost its tags', () => {
  const { inlinePolicies } = observed();

  test.each<[string, Partial<ObservedRole>, Partial<Link>, readonly string[] | 'left']>([
    ['and has nothing but ours', {}, {}, DELETED],
    ['and may have been adopted', {}, { adopt: true }, GIVEN_BACK],
    [
      'and may have been adopted, with policies of others',
      { inlinePolicies: new Map([...inlinePolicies, FOREIGN_POLICY]) },
      { adopt: true },
      GIVEN_BACK,
    ],
    [
      'and has a managed policy that its last link asked for',
      { managedPolicyArns: [MANAGED] },
      { permissions: permitting({ managedPolicyArns: [MANAGED] }) },
      ['TagRole', 'DetachRolePolicy', 'DeleteRolePolicy', 'DeleteRole'],
    ],
    ['and has a managed policy that nobody asked for', { managedPolicyArns: [MANAGED] }, {}, 'left'],
    [
      'and has a policy of others',
      { inlinePolicies: new Map([...inlinePolicies, FOREIGN_POLICY]) },
      {},
      'left',
    ],
    ['and lets others in as well', { trust: parsed(OWN_TRUST, FOREIGN_TRUST) }, {}, 'left'],
    ['and lets others in alone', { trust: parsed(FOREIGN_TRUST) }, {}, 'left'],
    ['and has a trust policy that cannot be read', { trust: UNREADABLE }, {}, 'left'],
  ])('%s', (_, fields, spec, expected) => {
    const plan = planTargetRole(leaving(spec), observed({ tags: BARE, ...fields }), FACTS);
    if (expected === 'left')
      expect(plan).toMatchObject({ actions: [], leftBehind: expect.stringContaining('do not prove') });
    else expect([operations(plan.actions), plan.leftBehind]).toStrictEqual([expected, undefined]);
  });
});

describe('a role that is not ours to delete', () => {
  const NOTHING = { trust: parsed(FOREIGN_TRUST), inlinePolicies: new Map([FOREIGN_POLICY]) };

  test.each<[string, Partial<ObservedRole>, boolean]>([
    ['is named where it has our policy', { ...NOTHING, inlinePolicies: observed().inlinePolicies }, true],
    ['is named where it lets in whom we let in', { ...NOTHING, trust: parsed(OWN_TRUST) }, true],
    [
      'is named where it lets others in as well',
      { ...NOTHING, trust: parsed(FOREIGN_TRUST, OWN_TRUST) },
      true,
    ],
    ['is not named where nothing on it is ours', NOTHING, false],
    [
      'is not named where it is another namespace’s',
      { tags: new Map([...OWNED, [TAGS.namespace, 'shipping']]) },
      false,
    ],
  ])('%s', (_, fields, isNamed) => {
    const role = observed({ roleId: 'AROAOTHER', tags: BARE, ...fields });
    const plan = planTargetRole(leaving(), role, FACTS);
    expect([plan.actions, plan.leftBehind !== undefined]).toStrictEqual([[], isNamed]);
  });
});

test('of a role that is given back, what the operator attached goes as its own', () => {
  const tags = new Map([...OWNED, [TAGS.adopted, 'true'], ...attachedTag([MANAGED])]);
  const role = observed({ tags, managedPolicyArns: [MANAGED, `${MANAGED}-theirs`] });
  const { actions } = planTargetRole(leaving(), role, FACTS);
  expect(actions.filter(({ operation }) => operation === 'DetachRolePolicy')).toMatchObject([
    { policyArn: MANAGED, isOnRecord: true },
  ]);
  expect(actions[0]).toMatchObject({ trust: { statements: [{ sid: RELEASED_SID }] } });
  expect(actions.some((one) => one.operation === 'DeleteRolePolicy' && one.policyName === OWN_POLICY)).toBe(
    true,
  );
});
