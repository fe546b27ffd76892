import { describe, expect, test } from '@jest/globals';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { holdGrowth } from '../../../src/plan/growth.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { Statement } from '../../../src/policy/document.ts';
import { allow, CONTEXT, contributes, link, NAMESPACE, QUEUE, ROLE } from '../desired/fixtures.ts';
import { observed, operations, OWN_POLICY, parsed, ROLE_ID } from './fixtures.ts';

/** The plan for a role of two links: `a` waits for its edit, and `b`, which is left out if it needs nothing, does not. */
function planned(
  permissions: readonly Statement[],
  role: ObservedRole | undefined,
  others: readonly Statement[] = [],
  permissionsBefore?: readonly Statement[],
) {
  const states = [
    contributes(link('a'), {
      permissions,
      growthWaits: true,
      ...(permissionsBefore !== undefined && { permissionsBefore }),
    }),
    ...(others.length > 0 ? [contributes(link('b'), { permissions: others })] : []),
  ];
  const policy = role?.inlinePolicies.get(OWN_POLICY);
  const growth = holdGrowth(states, ({ growthWaits }) => growthWaits === true, policy);
  const desired = desiredTargetRole(ROLE, NAMESPACE, growth.states, {
    ...CONTEXT,
    policyStays: growth.policyStays,
  });
  const { actions } = planTargetRole(desired, role, { records: [ROLE_ID] });
  return { actions, operations: operations(actions), held: [...growth.held] };
}

const A = link('a').uid;
const send = allow(['sqs:SendMessage'], [QUEUE]);
const sendAndReceive = allow(['sqs:ReceiveMessage', 'sqs:SendMessage'], [QUEUE]);
const publish = allow(['sns:Publish'], ['arn:aws:sns:us-east-1:222222222222:news']);

/** The role whose policy of the operator's says this. */
const stands = (...statements: readonly Statement[]) =>
  observed({ inlinePolicies: new Map([[OWN_POLICY, parsed(...statements)]]) });

describe('definitionGrowth: Hold', () => {
  test('keeps a wider policy from being written', () => {
    expect(planned([sendAndReceive], observed())).toMatchObject({ operations: [], held: [A] });
  });

  test('lets a policy get narrower', () => {
    expect(planned([send], stands(sendAndReceive))).toMatchObject({
      operations: ['PutRolePolicy'],
      held: [],
    });
  });

  test('lets the same permissions be divided into other statements', () => {
    const cut = stands(send, allow(['sqs:ReceiveMessage'], [QUEUE]), allow(['sns:Publish'], ['t']));
    expect(planned([sendAndReceive], cut).held).toStrictEqual([]);
  });

  test('goes on with all that is not permissions', () => {
    const { actions } = planned([sendAndReceive], observed({ tags: new Map(), trust: parsed() }));
    expect(operations(actions)).toStrictEqual(['TagRole', 'UpdateAssumeRolePolicy']);
  });

  test('counts a policy that cannot be read as none', () => {
    const unreadable = { kind: 'unreadable', text: '{', problem: 'no JSON' } as const;
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, unreadable]]) });
    expect(planned([send], role).held).toStrictEqual([A]);
  });

  test('has nothing to say about a plan without growth', () => {
    expect(planned([send], observed()).held).toStrictEqual([]);
  });

  test('makes a role again without the permissions that wait', () => {
    expect(planned([send], undefined)).toMatchObject({ operations: ['CreateRole'], held: [A] });
  });

  test('lets another link of the role have what it needs, and takes nothing from what stands', () => {
    const { actions, held } = planned([sendAndReceive], observed(), [publish]);
    expect(held).toStrictEqual([A]);
    expect(actions).toMatchObject([
      { operation: 'PutRolePolicy', document: { statements: [publish, send] } },
    ]);
  });

  describe('while it is known what the link had', () => {
    test('takes off what somebody added, without letting the growth through', () => {
      const { actions, held } = planned([sendAndReceive], stands(send, publish), [], [send]);
      expect(held).toStrictEqual([A]);
      expect(actions).toMatchObject([{ operation: 'PutRolePolicy', document: { statements: [send] } }]);
    });

    test('keeps what the link had, needed or not, and writes nothing for it', () => {
      expect(planned([publish], stands(send), [], [send])).toMatchObject({ operations: [], held: [A] });
    });

    test('puts back what the link had and somebody took, and no more', () => {
      expect(planned([sendAndReceive], stands(publish), [], [send]).actions).toMatchObject([
        { operation: 'PutRolePolicy', document: { statements: [send] } },
      ]);
    });

    test('keeps what another link of the role needs', () => {
      expect(planned([sendAndReceive], stands(send, publish), [publish], [send])).toMatchObject({
        operations: [],
        held: [A],
      });
    });
  });
});
