import { expect, jest, test } from '@jest/globals';
import type { Leg } from '../../../src/desired/leg.ts';
import type { ObjectPlan } from '../../../src/plan/action.ts';
import { driftAmong, namesOfChanges, type OnRecord } from '../../../src/plan/drift.ts';
import { hideRoles } from '../../../src/plan/hidden-roles.ts';
import { attach, detach } from '../../../src/plan/role-writes.ts';

test('what is on record is not worked out where nothing differs', () => {
  const onRecord = jest.fn<() => OnRecord>();
  expect(
    driftAmong([], { wanted: 'wanted', last: undefined, onRecord, unfinished: new Set() }),
  ).toStrictEqual([]);
  expect(onRecord).not.toHaveBeenCalled();
});

const POLICY = 'arn:aws:iam::222222222222:policy/more';
const NONE: ReadonlySet<Leg> = new Set();
const PERMISSIONS: ReadonlySet<Leg> = new Set(['permissions']);

const NOTHING_ON_RECORD = (): OnRecord => ({
  inSync: new Set(),
  edited: new Set(),
  observed: new Set(),
  hasOtherBoundary: false,
});

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

test('what several writes left undone is nothing new', () => {
  const actions = [attach('a role', POLICY), attach('another role', POLICY), attach('a role', `${POLICY}-2`)];
  const last = { wanted: 'wanted', unmade: namesOfChanges(actions), lastWrite: 1 };
  const news = attach('a role', `${POLICY}-3`);
  expect(
    driftAmong([...actions, news], {
      wanted: 'wanted',
      last,
      onRecord: NOTHING_ON_RECORD,
      unfinished: new Set(),
    }),
  ).toStrictEqual([{ object: 'a role', changes: news.changes }]);
});

const inSyncAndObserved = () => ({
  inSync: new Set(['targetRole'] as const),
  edited: new Set<never>(),
  observed: new Set(['targetRole'] as const),
  hasOtherBoundary: false,
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

const AFTER_START = { wanted: 'wanted', last: undefined, unfinished: NONE };
const AS_BEFORE = { wanted: 'wanted', last: { wanted: 'wanted', unmade: new Set<string>(), lastWrite: 1 } };
const LEFT = { ...AS_BEFORE, unfinished: PERMISSIONS };
const edited = () => ({ inSync: PERMISSIONS, edited: PERMISSIONS, observed: NONE, hasOtherBoundary: false });

test.each([
  ['that the operator attached goes untold after an edit', detach('a role', POLICY, true), AFTER_START, 0],
  ['that somebody else attached is told after an edit', detach('a role', POLICY, false), AFTER_START, 1],
  ['that an edit asks for goes untold', attach('a role', POLICY), AFTER_START, 0],
  ['that an edit left goes untold', detach('a role', POLICY, true), LEFT, 0],
  ['beside what an edit left is told', detach('a role', POLICY, false), LEFT, 1],
  ['that is missing beside it is told', attach('a role', POLICY), LEFT, 1],
  ['that no edit left is told', detach('a role', POLICY, true), { ...AS_BEFORE, unfinished: NONE }, 1],
])('a managed policy %s', (_, action, facts, told) => {
  expect(driftAmong([action], { ...facts, onRecord: edited })).toHaveLength(told);
});

const ROLE: ReadonlySet<Leg> = new Set(['targetRole']);
const BOUNDARY = {
  operation: 'DeleteRolePermissionsBoundary',
  leg: 'targetRole',
  object: 'a role',
  reason: 'no permissions boundary is asked for',
  changes: [
    { path: 'permissionsBoundary', before: POLICY },
    { path: 'tags[crossaccountlink.dev/former-boundary]', before: POLICY },
  ],
} as const;
const DESCRIPTION = {
  operation: 'UpdateRoleDescription',
  leg: 'targetRole',
  object: 'a role',
  reason: 'the description differs',
  changes: [{ path: 'description', before: 'theirs', after: 'ours' }],
  description: 'ours',
} as const;

test.each([
  ['a boundary goes untold where the rules ask for another one than before', BOUNDARY, true, 0],
  ['a boundary is told where they do not', BOUNDARY, false, 1],
  ['a description is told, which rules ask nothing of', DESCRIPTION, true, 1],
])('after a restart, %s', (_, action, hasOtherBoundary, told) => {
  const onRecord = () => ({ inSync: ROLE, edited: NONE, observed: NONE, hasOtherBoundary });
  expect(driftAmong([action], { ...AFTER_START, onRecord })).toHaveLength(told);
});

const statement = (resources: readonly string[]) =>
  JSON.stringify({ Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: resources });

const shrunk = (after: string) => {
  const path = 'inlinePolicies[CrossAccountLink-it].Statement[0]';
  const secondPath = 'inlinePolicies[CrossAccountLink-it].Statement[1]';
  return {
    operation: 'DeleteRolePolicy',
    leg: 'permissions',
    object: 'a role',
    policyName: 'CrossAccountLink-it',
    reason: 'it differs',
    changes: [
      { path: secondPath, before: statement(['arn:aws:sqs:::first']) },
      { path, before: statement(['arn:aws:sqs:::more', 'arn:aws:sqs:::most']) },
      { path, after: statement([after]) },
    ],
  } as const;
};

test.each([
  ['a part of a statement without a Sid is what an edit left', 'arn:aws:sqs:::most', 0],
  ['what was not in it is missing', 'arn:aws:sqs:::other', 1],
])('%s', (_, after, told) => {
  expect(driftAmong([shrunk(after)], { ...LEFT, onRecord: NOTHING_ON_RECORD })).toHaveLength(told);
});
