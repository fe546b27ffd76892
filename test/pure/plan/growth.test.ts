import { describe, expect, test } from '@jest/globals';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { blockGrowth } from '../../../src/plan/growth.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import type { Statement } from '../../../src/policy/document.ts';
import { allow, CONTEXT, contributes, link, NAMESPACE, QUEUE, ROLE } from '../desired/fixtures.ts';
import { observed, OWN_POLICY, parsed, ROLE_ID } from './fixtures.ts';

function blocked(permissions: readonly Statement[], role: ObservedRole | undefined) {
  const contributorStates = [contributes(link('a'), { permissions })];
  const desired = desiredTargetRole(ROLE, NAMESPACE, contributorStates, CONTEXT);
  return blockGrowth(planTargetRole(desired, role, { records: [ROLE_ID] }), role);
}

const send = allow(['sqs:SendMessage'], [QUEUE]);
const sendAndReceive = allow(['sqs:ReceiveMessage', 'sqs:SendMessage'], [QUEUE]);

describe('definitionGrowth: Hold', () => {
  test('keeps a wider policy from being written, and says what to do', () => {
    const { actions, blocked: problem } = blocked([sendAndReceive], observed());
    expect([actions, problem?.leg, problem?.reason]).toStrictEqual([[], 'permissions', 'GrowthHeld']);
    expect(problem?.message ?? '').toMatch(/review "kubectl crossaccountlink plan" and edit the link/);
  });

  test('lets a policy get narrower', () => {
    const wide = observed({ inlinePolicies: new Map([[OWN_POLICY, parsed(sendAndReceive)]]) });
    const { actions, blocked: problem } = blocked([send], wide);
    expect([actions.map(({ operation }) => operation), problem]).toStrictEqual([
      ['PutRolePolicy'],
      undefined,
    ]);
  });

  test('lets the same permissions be cut into statements anew', () => {
    const cut = observed({
      inlinePolicies: new Map([
        [OWN_POLICY, parsed(send, allow(['sqs:ReceiveMessage'], [QUEUE]), allow(['sns:Publish'], ['t']))],
      ]),
    });
    expect(blocked([sendAndReceive], cut).blocked).toBeUndefined();
  });

  test('goes on with all that is not permissions', () => {
    const { actions } = blocked([sendAndReceive], observed({ tags: new Map(), trust: parsed() }));
    expect(actions.map(({ operation }) => operation)).toStrictEqual(['TagRole', 'UpdateAssumeRolePolicy']);
  });

  test('counts a policy that cannot be read as none', () => {
    const unreadable = { kind: 'unreadable', text: '{', problem: 'no JSON' } as const;
    const role = observed({ inlinePolicies: new Map([[OWN_POLICY, unreadable]]) });
    expect(blocked([send], role).blocked?.reason).toBe('GrowthHeld');
  });

  test('has nothing to say about a plan without growth', () => {
    expect(blocked([send], observed()).blocked).toBeUndefined();
  });
});
