/** What goes of a target role when its last link leaves, and what stays while a sibling is not yet read. */
import { describe, expect, test } from '@jest/globals';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { managedKeyTags, TAGS } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { ObjectPlan } from '../../../src/plan/action.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { machine } from '../access/fixtures.ts';
import { allow, CONTEXT, contributes, link, NAMESPACE, QUEUE, ROLE } from '../desired/fixtures.ts';
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
import { narrow } from '../../expectations.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/audit';

function planWith(
  contributorStates: readonly ContributorState[],
  role: ObservedRole | undefined,
): ObjectPlan {
  return planTargetRole(desiredTargetRole(ROLE, NAMESPACE, contributorStates, CONTEXT), role, FACTS);
}

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
