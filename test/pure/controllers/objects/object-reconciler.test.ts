import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountAws } from '../../../../src/aws/account-aws.ts';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';
import { StateMachineCache } from '../../../../src/controllers/state/state-machine-cache.ts';
import { ObjectReconciler } from '../../../../src/controllers/objects/object-reconciler.ts';
import { DryRunAccount } from '../../../../src/controllers/dry-run/dry-run-account.ts';
import { IamPropagation } from '../../../../src/controllers/state/iam-propagation.ts';
import type { Action } from '../../../../src/plan/action.ts';
import { planTargetRole } from '../../../../src/plan/target-role.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { desired, leaving, observed } from '../../plan/fixtures.ts';
import { FakeAccount } from '../fake-account.ts';
import { WANT } from './contributors-fixture.ts';

const now = () => 0;

describe('a role that somebody keeps changing back', () => {
  let written: Action[];
  let passes: ObjectReconciler;
  let aws: AccountAws;

  beforeEach(() => {
    const repairBackoff = new RepairBackoff(now);
    for (let round = 0; round < 3; round += 1) repairBackoff.repaired(ROLE.text);
    passes = new ObjectReconciler(new StateMachineCache(now), new IamPropagation(0, now), repairBackoff);
    written = [];
    const role = observed({ managedPolicyArns: ['arn:aws:iam::aws:policy/Extra'] });
    const real = Object.assign(new FakeAccount(ROLE.accountId), {
      role: () => Promise.resolve({ kind: 'found', role, fresh: true } as const),
    });
    aws = new DryRunAccount(real, (action) => written.push(action));
  });

  const pass = (wanted: ReturnType<typeof desired>, isLast: boolean) =>
    passes.updateRole({
      aws,
      arn: ROLE,
      callOptions: WANT,
      freshness: { kind: 'fresh' },
      wasInSync: true,
      enforce: true,
      isLast,
      links: ['payments/a'],
      plan: (role) => planTargetRole(wanted, role, {}),
      learnBeforeShrinking: () => Promise.resolve(false),
    });

  it('is not repaired while the pause lasts', async () => {
    const { pause, applied } = await pass(desired(), false);
    expect(pause?.rounds).toBe(3);
    expect([applied, written]).toStrictEqual([[], []]);
  });

  it('is removed all the same when its last link is deleted', async () => {
    const { applied } = await pass(leaving(), true);
    expect(written.map(({ operation }) => operation)).toStrictEqual([
      'DetachRolePolicy',
      'DeleteRolePolicy',
      'DeleteRole',
    ]);
    expect(applied).toStrictEqual(written);
  });
});
