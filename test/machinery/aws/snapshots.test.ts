/** Snapshots of whole accounts: from an emulator for what is in them, from a server of ours for how they are paged. */
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { KeptRoles } from '../../../src/aws/reads/kept-roles.ts';
import { AccountSnapshots, type SnapshotInterest } from '../../../src/aws/reads/snapshots.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { accountPage, manyRoles, type FakeRole } from './account-page.ts';
import type { FakeAws, FakeCall } from './fake-aws.ts';
import { callOptions, type Harness, startFakeAccount } from './harness.ts';

const ACCOUNT = '222222222222';
const KEPT = `arn:aws:iam::${ACCOUNT}:role/links/role-7`;
const ANY_AGE = Number.NEGATIVE_INFINITY;

let aws: FakeAws;
let harness: Harness;
let stop: () => Promise<void>;
let calls: AccountCalls;
let roles: readonly FakeRole[];

beforeAll(async () => {
  ({ aws, harness, stop } = await startFakeAccount(ACCOUNT));
});
afterAll(() => stop());
beforeEach(() => {
  const rates = { iam: { burst: 1_000, perSecond: 1_000 } };
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws', rates });
  aws.calls.length = 0;
  roles = manyRoles(ACCOUNT, 1_450, 1);
  aws.answer = (call) => ({ kind: 'xml', result: page(call) });
});

function page({ parameters }: FakeCall): string {
  return accountPage(roles, Number(parameters.get('Marker') ?? 0), Number(parameters.get('MaxItems')));
}

const interest: SnapshotInterest = {
  visitRole: (arn) => arn === KEPT,
  keepsPolicy: () => true,
  policies: () => false,
};

function snapshots(change: Partial<SnapshotInterest> = {}): AccountSnapshots {
  return new AccountSnapshots(calls, systemClock, { ...interest, ...change });
}

test('an account is read to its last page', async () => {
  const snapshot = await snapshots().startedSince(ANY_AGE, callOptions);
  expect(snapshot.roleNames.size).toBe(1_450);
  expect(aws.calls).toHaveLength(2);
});

test('between two roles whoever else there is gets their turn: pages of many accounts may come at once', async () => {
  const inOneGo: number[] = [0];
  const breathe = () => {
    inOneGo.push(0);
    return Promise.resolve();
  };
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws' }, { breathe });
  const visitRole = () => {
    inOneGo.push((inOneGo.pop() ?? 0) + 1);
    return true;
  };
  await snapshots({ visitRole }).startedSince(ANY_AGE, callOptions);
  expect(inOneGo.reduce((sum, count) => sum + count, 0)).toBe(1_450);
  expect(Math.max(...inOneGo)).toBeLessThan(60);
});

test('only roles are asked for, and policies only where they matter', async () => {
  await snapshots().startedSince(ANY_AGE, callOptions);
  await snapshots({ policies: () => true }).startedSince(ANY_AGE, callOptions);
  const filters = new Set(
    aws.calls.map(({ parameters }) =>
      [parameters.get('Filter.member.1'), parameters.get('Filter.member.2')].join(),
    ),
  );
  expect([...filters]).toStrictEqual(['Role,', 'Role,LocalManagedPolicy']);
});

test('only the roles that links touch are kept, and the names of all', async () => {
  const snapshot = await snapshots().startedSince(ANY_AGE, callOptions);
  expect([...snapshot.roles.keys()]).toStrictEqual([KEPT]);
  expect(snapshot.roleNames.get('role-8')).toBe(`arn:aws:iam::${ACCOUNT}:role/links/role-8`);
});

test('a role is kept for its tags, too', async () => {
  const tagged = snapshots({
    isOwn: (tags) => tags.get('number') === '9',
    visitRole: (_arn, isOwn) => isOwn,
  });
  const snapshot = await tagged.startedSince(ANY_AGE, callOptions);
  expect([...snapshot.roles.keys()]).toStrictEqual([`arn:aws:iam::${ACCOUNT}:role/links/role-9`]);
});

test('a role that is sent as before is not looked into: whether it is the operator’s is remembered, and a grant that is explained is none to look after', async () => {
  const looks: string[] = [];
  const own: boolean[] = [];
  const reader = snapshots({
    isOwn: (tags) => tags.get('number') === '9',
    visitRole: (arn, isOwn) => {
      if (isOwn) own.push(arn.endsWith('/role-9'));
      return true;
    },
    mayStray: (arn) => arn.endsWith('/role-8'),
    strayGrant: (arn) => {
      looks.push(arn.slice(arn.lastIndexOf('/') + 1));
      return [];
    },
  });
  const wordsOf = jest.spyOn(KeptRoles.prototype, 'wordsOf');
  const first = await reader.startedSince(ANY_AGE, callOptions);
  await reader.startedSince(first.startedAt + 1, callOptions);
  expect(own).toStrictEqual([true, true]);
  expect(new Set(looks)).toStrictEqual(new Set(['role-8']));
  expect(wordsOf.mock.calls).toStrictEqual([[`arn:aws:iam::${ACCOUNT}:role/links/role-8`]]);
});

test('a snapshot that is recent enough is not read again', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, callOptions);
  aws.calls.length = 0;
  expect(await reader.startedSince(first.startedAt, callOptions)).toBe(first);
  expect(aws.calls).toStrictEqual([]);
});

test('a snapshot that began too early is read again', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, callOptions);
  const second = await reader.startedSince(first.startedAt + 1, callOptions);
  expect(second.startedAt).toBeGreaterThan(first.startedAt);
});

test('a role that is sent as before is kept as it was, and so are the names of all', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, callOptions);
  const second = await reader.startedSince(first.startedAt + 1, callOptions);
  expect(second.roles.get(KEPT)).toStrictEqual(first.roles.get(KEPT));
  expect(second.roleNames).toStrictEqual(first.roleNames);
});

/** ARNs reported by the second of two readings, between which the account changed. */
async function reportedAfter(change: (role: FakeRole) => readonly FakeRole[]): Promise<string[]> {
  const reported: string[] = [];
  const reader = snapshots({ differs: (arn) => reported.push(arn) });
  const first = await reader.startedSince(ANY_AGE, callOptions);
  roles = roles.flatMap(change);
  await reader.startedSince(first.startedAt + 1, callOptions);
  return reported;
}

function edited({ arn, xml }: FakeRole): FakeRole {
  return { arn, xml: xml.replace('<Key>number<', '<Key>digit<') };
}

test('a kept role that was changed since the last snapshot is reported', async () => {
  const reported = await reportedAfter((role) => (role.arn === KEPT ? [edited(role)] : [role]));
  expect(reported).toStrictEqual([KEPT]);
});

test('a kept role that has gone since the last snapshot is reported', async () => {
  expect(await reportedAfter((role) => (role.arn === KEPT ? [] : [role]))).toStrictEqual([KEPT]);
});

test('nothing is reported of roles that nobody keeps, nor where all is as it was', async () => {
  expect(await reportedAfter((role) => (role.arn === KEPT ? [role] : [edited(role)]))).toStrictEqual([]);
});

test('many who ask at once cause one reading', async () => {
  const reader = snapshots();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => reader.startedSince(ANY_AGE, callOptions)),
  );
  expect(new Set(answers).size).toBe(1);
  expect(aws.calls).toHaveLength(2);
});

test('who needs a later one than is being read gets one that began later', async () => {
  const reader = snapshots();
  const early = reader.startedSince(ANY_AGE, callOptions);
  const now = systemClock.monotonicMs() + 0.001;
  const late = await reader.startedSince(now, callOptions);
  expect(late.startedAt).toBeGreaterThanOrEqual(now);
  expect(late).not.toBe(await early);
});

test('a page that fails fails the reading, and what was known before stays', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, callOptions);
  aws.answer = (call) =>
    call.parameters.has('Marker')
      ? { kind: 'error', status: 500, code: 'ServiceFailure' }
      : { kind: 'xml', result: page(call) };
  await expect(reader.startedSince(first.startedAt + 1, callOptions)).rejects.toMatchObject({
    kind: 'retryable',
  });
  expect(reader.last).toBe(first);
});

test('after a failed reading the next one who asks reads again', async () => {
  const reader = snapshots();
  aws.answer = () => ({ kind: 'error', status: 500, code: 'ServiceFailure' });
  await expect(reader.startedSince(ANY_AGE, callOptions)).rejects.toThrow();
  aws.answer = (call) => ({ kind: 'xml', result: page(call) });
  expect((await reader.startedSince(ANY_AGE, callOptions)).roleNames.size).toBe(1_450);
});

test('a marker that leads back to a page fails the reading: what would be missing is not gone', async () => {
  aws.answer = () => ({ kind: 'xml', result: '<IsTruncated>true</IsTruncated><Marker>again</Marker>' });
  await expect(snapshots().startedSince(ANY_AGE, callOptions)).rejects.toMatchObject({ kind: 'retryable' });
  expect(aws.calls).toHaveLength(2);
});

test('a page that says there are more, and not where, fails the reading', async () => {
  aws.answer = () => ({ kind: 'xml', result: '<RoleDetailList/><IsTruncated>true</IsTruncated>' });
  await expect(snapshots().startedSince(ANY_AGE, callOptions)).rejects.toMatchObject({ kind: 'retryable' });
});

test('an answer that ends in the middle fails the reading', async () => {
  aws.answer = (call) => ({ kind: 'xml', result: `${page(call)}<RoleDetailList><member><Arn>` });
  await expect(snapshots().startedSince(ANY_AGE, callOptions)).rejects.toMatchObject({ kind: 'retryable' });
});

test('a role is read with all that a snapshot shows of it', async () => {
  roles = [{ arn: KEPT, xml: WHOLE_ROLE }];
  const snapshot = await snapshots().startedSince(ANY_AGE, callOptions);
  expect(snapshot.roles.get(KEPT)).toStrictEqual({
    arn: KEPT,
    roleId: 'AROA7',
    trust: { kind: 'parsed', document: parsePolicy(POLICY) },
    inlinePolicies: new Map([['in & line', { kind: 'parsed', document: parsePolicy(POLICY) }]]),
    managedPolicyArns: ['arn:aws:iam::aws:policy/extra'],
    permissionsBoundaryArn: 'arn:aws:iam::222222222222:policy/boundary',
    tags: new Map([['team', 'Zürich']]),
    instanceProfiles: ['profile'],
  });
});

test("a managed policy is read with its default version's text", async () => {
  aws.answer = () => ({ kind: 'xml', result: MANAGED_POLICY });
  const snapshot = await snapshots({ policies: () => true }).startedSince(ANY_AGE, callOptions);
  const arn = 'arn:aws:iam::222222222222:policy/boundary';
  expect(snapshot.managedPolicies.get(arn)).toStrictEqual({
    arn,
    versionId: 'v2',
    document: { kind: 'parsed', document: parsePolicy(POLICY) },
  });
});

const POLICY =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":["arn:aws:iam::1:role/100%"]}]}';
const WHOLE_ROLE =
  `<member><Path>/links/</Path><RoleName>role-7</RoleName><RoleId>AROA7</RoleId><Arn>${KEPT}</Arn>` +
  `<AssumeRolePolicyDocument>${encodeURIComponent(POLICY)}</AssumeRolePolicyDocument>` +
  '<InstanceProfileList><member><InstanceProfileName>profile</InstanceProfileName><Roles><member>' +
  `<Arn>${KEPT}</Arn></member></Roles></member></InstanceProfileList>` +
  '<RolePolicyList><member><PolicyName>in &amp; line</PolicyName>' +
  `<PolicyDocument>${POLICY.replaceAll('"', '&quot;')}</PolicyDocument></member></RolePolicyList>` +
  '<AttachedManagedPolicies><member><PolicyName>extra</PolicyName>' +
  '<PolicyArn>arn:aws:iam::aws:policy/extra</PolicyArn></member></AttachedManagedPolicies>' +
  '<PermissionsBoundary><PermissionsBoundaryType>PermissionsBoundaryPolicy</PermissionsBoundaryType>' +
  '<PermissionsBoundaryArn>arn:aws:iam::222222222222:policy/boundary</PermissionsBoundaryArn></PermissionsBoundary>' +
  '<Tags><member><Key>team</Key><Value>Zürich</Value></member></Tags><RoleLastUsed/></member>';
const MANAGED_POLICY =
  '<RoleDetailList/><Policies><member><PolicyName>boundary</PolicyName>' +
  '<Arn>arn:aws:iam::222222222222:policy/boundary</Arn><DefaultVersionId>v2</DefaultVersionId><PolicyVersionList>' +
  '<member><Document>old</Document><VersionId>v1</VersionId><IsDefaultVersion>false</IsDefaultVersion></member>' +
  `<member><Document>${encodeURIComponent(POLICY)}</Document><VersionId>v2</VersionId></member>` +
  '</PolicyVersionList></member></Policies><IsTruncated>false</IsTruncated>';

test('an account with 5,000 foreign roles adds less than 5 MB', async () => {
  roles = manyRoles(ACCOUNT, 5_000, 5);
  const warm = await snapshots().startedSince(ANY_AGE, callOptions);
  expect(warm.roleNames.size).toBe(5_000);
  const beforehand = heapMB();
  const snapshot = await snapshots().startedSince(ANY_AGE, callOptions);
  const added = heapMB() - beforehand;
  expect(snapshot.roleNames.size).toBe(5_000);
  expect(added).toBeLessThan(5);
});

function heapMB(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
}
