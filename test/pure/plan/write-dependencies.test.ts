import { describe, expect, it } from '@jest/globals';
import { leavesUnclaimed, reliesOn } from '../../../src/plan/write-dependencies.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { present } from '../../expectations.ts';
import { link } from '../desired/fixtures.ts';
import { desired, observed, parsed } from './fixtures.ts';
import type { Action, Operation } from '../../../src/plan/action.ts';

const FOREIGN = 'arn:aws:iam::aws:policy/Foreign';
const permissions = { ...link('a').permissions, managedPolicyArns: ['arn:aws:iam::aws:policy/Asked'] };

/** Adopting a role that bears a foreign managed policy: everything that an update can consist of but a creation. */
const ADOPTION = planTargetRole(
  desired({ adopt: true, unmanaged: 'Remove', permissions }),
  observed({ tags: new Map(), trust: parsed(), inlinePolicies: new Map(), managedPolicyArns: [FOREIGN] }),
  {},
).actions;
const CREATION = planTargetRole(desired({ permissions }), undefined, {}).actions;

function action(operation: Operation, of: readonly Action[] = ADOPTION): Action {
  return present(
    of.find((one) => one.operation === operation),
    `no ${operation} is planned`,
  );
}

describe('a write to a role', () => {
  const CASES: readonly { what: string; next: Operation; failed: Operation; relies: boolean }[] = [
    { what: 'adds policies of ours', next: 'PutRolePolicy', failed: 'TagRole', relies: true },
    { what: 'attaches policies', next: 'AttachRolePolicy', failed: 'TagRole', relies: true },
    { what: 'removes what is foreign', next: 'DetachRolePolicy', failed: 'TagRole', relies: false },
    { what: 'lets somebody in', next: 'UpdateAssumeRolePolicy', failed: 'DetachRolePolicy', relies: true },
    { what: 'adds policies of ours', next: 'PutRolePolicy', failed: 'DetachRolePolicy', relies: false },
    { what: 'removes what is foreign', next: 'DetachRolePolicy', failed: 'PutRolePolicy', relies: false },
  ];
  for (const { what, next, failed, relies } of CASES) {
    it(`that ${what} ${relies ? 'waits for' : 'goes on without'} a ${failed} that failed`, () => {
      expect(reliesOn(action(next), [action(failed)])).toBe(relies);
    });
  }

  it('waits for the role to be created', () => {
    expect(reliesOn(action('PutRolePolicy', CREATION), [action('CreateRole', CREATION)])).toBe(true);
  });
});

describe('no link may rely on a role', () => {
  it('that was not created, or not claimed', () => {
    expect(leavesUnclaimed([action('CreateRole', CREATION)])).toBe(true);
    expect(leavesUnclaimed([action('TagRole')])).toBe(true);
  });

  it('and may on one that lacks a policy', () => {
    expect(leavesUnclaimed([action('PutRolePolicy'), action('DetachRolePolicy')])).toBe(false);
  });
});
