/** In which order foreign policies leave a role, and the operator's come. */
import { expect, test } from '@jest/globals';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { allow, CONTEXT, contributes, link, NAMESPACE, QUEUE, ROLE } from '../desired/fixtures.ts';
import { FOREIGN_TRUST, observed, operations, OWN_TRUST, parsed } from './fixtures.ts';

const THEIRS = {
  inlinePolicies: new Map([['theirs', parsed(allow(['*'], ['*']))]]),
  managedPolicyArns: ['arn:aws:iam::222222222222:policy/theirs'],
};
const PERMISSIONS = [allow(['sqs:SendMessage'], [QUEUE])];

function writes(fields: Parameters<typeof link>[1], role: Parameters<typeof observed>[0]) {
  const contributor = contributes(link('a', fields), { permissions: PERMISSIONS });
  const desired = desiredTargetRole(ROLE, NAMESPACE, [contributor], CONTEXT);
  return operations(planTargetRole(desired, observed(role), { excessOf: () => undefined }).actions);
}

test('foreign policies go before anything comes, which may need their room', () => {
  expect(writes({}, { ...THEIRS, trust: parsed(OWN_TRUST, FOREIGN_TRUST) })).toStrictEqual([
    'UpdateAssumeRolePolicy',
    'DeleteRolePolicy',
    'DetachRolePolicy',
    'PutRolePolicy',
  ]);
});

test("from a role that is adopted only now they go once the operator's are there", () => {
  const adopting = { adopt: true, unmanaged: 'Remove' } as const;
  expect(writes(adopting, { ...THEIRS, tags: new Map(), trust: parsed(FOREIGN_TRUST) })).toStrictEqual([
    'TagRole',
    'PutRolePolicy',
    'DeleteRolePolicy',
    'DetachRolePolicy',
    'UpdateAssumeRolePolicy',
  ]);
});
