import { expect, jest, test } from '@jest/globals';
import type { ObjectPlan } from '../../../src/plan/action.ts';
import { driftAmong, namesOfChanges, type OnRecord } from '../../../src/plan/drift.ts';
import { hideRoles } from '../../../src/plan/hidden-roles.ts';

test('what is on record is not worked out where nothing differs', () => {
  const onRecord = jest.fn<() => OnRecord>();
  expect(
    driftAmong([], { wanted: 'wanted', last: undefined, onRecord, unfinished: new Set() }),
  ).toStrictEqual([]);
  expect(onRecord).not.toHaveBeenCalled();
});

const NOTHING_ON_RECORD = (): OnRecord => ({ inSync: new Set(), edited: new Set(), observed: new Set() });

test('what was left undone is nothing new when the rules hide a role in it', () => {
  const theirs = 'arn:aws:iam::222222222222:role/crossaccountlink/shipping/theirs';
  const plan: ObjectPlan = {
    actions: [
      {
        operation: 'DeleteRolePolicy',
        leg: 'executionRoleGrant',
        object: 'arn:aws:iam::111111111111:role/exec',
        policyName: 'CrossAccountLink-it',
        reason: 'no link needs it',
        changes: [{ path: 'grant.Statement[CrossAccountLinkGrant].Resource', before: theirs }],
      },
    ],
    withheld: [],
  };
  const last = { wanted: 'wanted', unmade: namesOfChanges(plan.actions), lastWrite: 0 };
  const { actions } = hideRoles(plan, (arn) => arn === theirs);
  expect(
    driftAmong(actions, { wanted: 'wanted', last, onRecord: NOTHING_ON_RECORD, unfinished: new Set() }),
  ).toStrictEqual([]);
  expect(JSON.stringify(actions)).not.toContain(theirs);
});

const inSyncAndObserved = () => ({
  inSync: new Set(['targetRole'] as const),
  edited: new Set<never>(),
  observed: new Set(['targetRole'] as const),
});

test('after a restart, what a link that only observes may have left goes untold; what is missing is told', () => {
  const missing = { path: 'trustPolicy.Statement[CrossAccountLinkTrust1]', after: 'a statement' };
  const action = {
    operation: 'UpdateRoleDescription',
    leg: 'targetRole',
    object: 'a role',
    reason: 'it differs',
    description: '',
    changes: [{ path: 'description', before: 'ours' }, missing],
  } as const;
  const facts = { wanted: 'wanted', last: undefined, unfinished: new Set<never>() };
  expect(driftAmong([action], { ...facts, onRecord: inSyncAndObserved })).toStrictEqual([
    { object: 'a role', changes: [missing] },
  ]);
});
