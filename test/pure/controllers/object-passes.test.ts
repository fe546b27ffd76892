import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { AccountAws } from '../../../src/aws/account-aws.ts';
import { Fights } from '../../../src/controllers/fights.ts';
import { Machines } from '../../../src/controllers/machines.ts';
import { ObjectPasses } from '../../../src/controllers/object-passes.ts';
import { PaperAccount } from '../../../src/controllers/paper-account.ts';
import { Propagation } from '../../../src/controllers/propagation.ts';
import type { Action } from '../../../src/plan/action.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { ROLE } from '../desired/fixtures.ts';
import { desired, leaving, observed } from '../plan/fixtures.ts';
import { FakeAccount } from './fake-account.ts';
import { WANT } from './world-fixture.ts';

const now = () => 0;

describe('a role that somebody keeps changing back', () => {
  let written: Action[];
  let passes: ObjectPasses;
  let aws: AccountAws;

  beforeEach(() => {
    const fights = new Fights(now);
    for (let round = 0; round < 3; round += 1) fights.repaired(ROLE.text);
    passes = new ObjectPasses(new Machines(now), new Propagation(0, now), fights);
    written = [];
    const role = observed({ managedPolicyArns: ['arn:aws:iam::aws:policy/Extra'] });
    const real = Object.assign(new FakeAccount(ROLE.accountId), {
      role: () => Promise.resolve({ kind: 'found', role, fresh: true } as const),
    });
    aws = new PaperAccount(real, (action) => written.push(action));
  });

  const pass = (wanted: ReturnType<typeof desired>, isLast: boolean) =>
    passes.overRole({
      aws,
      arn: ROLE,
      want: WANT,
      freshness: { kind: 'fresh' },
      settled: true,
      enforce: true,
      isLast,
      links: ['payments/a'],
      plan: (role) => planTargetRole(wanted, role, {}),
      learnBeforeShrinking: () => Promise.resolve(false),
    });

  it('is not repaired while the pause lasts', async () => {
    const { pause, applied } = await pass(desired(), false);
    assert.equal(pause?.rounds, 3);
    assert.deepEqual([applied, written], [[], []]);
  });

  it('is removed all the same when its last link is deleted', async () => {
    const { applied } = await pass(leaving(), true);
    assert.deepEqual(
      written.map(({ operation }) => operation),
      ['DetachRolePolicy', 'DeleteRolePolicy', 'DeleteRole'],
    );
    assert.deepEqual(applied, written);
  });
});
