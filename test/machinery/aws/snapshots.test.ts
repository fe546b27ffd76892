/** Snapshots of whole accounts: from an emulator for what is in them, from a server of ours for how they are paged. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AccountCalls } from '../../../src/aws/calls.ts';
import { PageSize } from '../../../src/aws/page-size.ts';
import { AccountSnapshots, type Interest } from '../../../src/aws/snapshots.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { accountPage, manyRoles, type FakeRole } from './account-page.ts';
import { startFakeAws, type FakeAws, type FakeCall } from './fake-aws.ts';
import { makeHarness, want, type Harness } from './harness.ts';

const ACCOUNT = '222222222222';
const KEPT = `arn:aws:iam::${ACCOUNT}:role/links/role-7`;
const ANY_AGE = Number.NEGATIVE_INFINITY;

let aws: FakeAws;
let harness: Harness;
let calls: AccountCalls;
let roles: readonly FakeRole[];

before(async () => {
  aws = await startFakeAws();
  harness = makeHarness(aws.url, ACCOUNT);
  const rates = { iam: { burst: 1_000, perSecond: 1_000 } };
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws', rates });
});
after(async () => {
  harness.close();
  await aws.close();
});
beforeEach(() => {
  aws.calls.length = 0;
  roles = manyRoles(ACCOUNT, 450, 2);
  aws.answer = (call) => ({ kind: 'xml', result: page(call) });
});

function page({ parameters }: FakeCall): string {
  return accountPage(roles, Number(parameters.get('Marker') ?? 0), Number(parameters.get('MaxItems')));
}

const interest: Interest = {
  keepsRole: (arn) => arn === KEPT,
  keepsPolicy: () => true,
  policies: () => false,
};

function snapshots(change: Partial<Interest> = {}): AccountSnapshots {
  return new AccountSnapshots(calls, systemClock, { ...interest, ...change });
}

test('an account is read to its last page', async () => {
  const snapshot = await snapshots().startedSince(ANY_AGE, want);
  assert.equal(snapshot.roleNames.size, 450);
  assert.ok(aws.calls.length >= 2, `${aws.calls.length} calls`);
});

test('only roles are asked for, and policies only where they matter', async () => {
  await snapshots().startedSince(ANY_AGE, want);
  await snapshots({ policies: () => true }).startedSince(ANY_AGE, want);
  const filters = new Set(
    aws.calls.map(({ parameters }) =>
      [parameters.get('Filter.member.1'), parameters.get('Filter.member.2')].join(),
    ),
  );
  assert.deepEqual([...filters], ['Role,', 'Role,LocalManagedPolicy']);
});

test('only the roles that links touch are kept, and the names of all', async () => {
  const snapshot = await snapshots().startedSince(ANY_AGE, want);
  assert.deepEqual([...snapshot.roles.keys()], [KEPT]);
  assert.equal(snapshot.roleNames.get('role-8'), `arn:aws:iam::${ACCOUNT}:role/links/role-8`);
});

test('a role is kept for its tags, too', async () => {
  const tagged = snapshots({ keepsRole: (_arn, tags) => tags.get('number') === '9' });
  const snapshot = await tagged.startedSince(ANY_AGE, want);
  assert.deepEqual([...snapshot.roles.keys()], [`arn:aws:iam::${ACCOUNT}:role/links/role-9`]);
});

test('a snapshot that is recent enough is not read again', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, want);
  aws.calls.length = 0;
  assert.equal(await reader.startedSince(first.startedAt, want), first);
  assert.deepEqual(aws.calls, []);
});

test('a snapshot that began too early is read again', async () => {
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, want);
  const second = await reader.startedSince(first.startedAt + 1, want);
  assert.ok(second.startedAt > first.startedAt);
});

test('many who ask at once cause one reading', async () => {
  const reader = snapshots();
  const answers = await Promise.all(Array.from({ length: 100 }, () => reader.startedSince(ANY_AGE, want)));
  assert.equal(new Set(answers).size, 1);
  const markers = aws.calls.map(({ parameters }) => parameters.get('Marker'));
  assert.equal(new Set(markers).size, markers.length);
});

test('who needs a later one than is being read gets one that began later', async () => {
  const reader = snapshots();
  const early = reader.startedSince(ANY_AGE, want);
  const now = systemClock.monotonicMs() + 0.001;
  const late = await reader.startedSince(now, want);
  assert.ok(late.startedAt >= now);
  assert.notEqual(late, await early);
});

test('a page that fails fails the reading, and what was known before stays', async () => {
  roles = manyRoles(ACCOUNT, 1_500, 2);
  const reader = snapshots();
  const first = await reader.startedSince(ANY_AGE, want);
  aws.answer = (call) =>
    call.parameters.has('Marker')
      ? { kind: 'error', status: 500, code: 'ServiceFailure' }
      : { kind: 'xml', result: page(call) };
  await assert.rejects(reader.startedSince(first.startedAt + 1, want), { kind: 'retryable' });
  assert.equal(reader.last, first);
});

test('after a failed reading the next one who asks reads again', async () => {
  const reader = snapshots();
  aws.answer = () => ({ kind: 'error', status: 500, code: 'ServiceFailure' });
  await assert.rejects(reader.startedSince(ANY_AGE, want));
  aws.answer = (call) => ({ kind: 'xml', result: page(call) });
  assert.equal((await reader.startedSince(ANY_AGE, want)).roleNames.size, 450);
});

test('a marker that leads nowhere ends the reading', async () => {
  aws.answer = () => ({ kind: 'xml', result: '<IsTruncated>true</IsTruncated><Marker>again</Marker>' });
  await snapshots().startedSince(ANY_AGE, want);
  assert.equal(aws.calls.length, 2);
});

test('pages grow while parsing them is quick, and shrink when it holds the event loop', () => {
  const size = new PageSize(() => 0);
  size.learn(5);
  assert.equal(size.current, 300);
  size.learn(70);
  assert.equal(size.current, 150);
  for (let index = 0; index < 10; index += 1) size.learn(500);
  assert.equal(size.current, 100);
});

test('an account with 5,000 foreign roles adds less than 5 MB', async () => {
  roles = manyRoles(ACCOUNT, 5_000, 5);
  const warm = await snapshots().startedSince(ANY_AGE, want);
  assert.equal(warm.roleNames.size, 5_000);
  const beforehand = heapMB();
  const snapshot = await snapshots().startedSince(ANY_AGE, want);
  const added = heapMB() - beforehand;
  assert.equal(snapshot.roleNames.size, 5_000);
  assert.ok(added < 5, `${added.toFixed(1)} MB`);
});

function heapMB(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 1e6;
}
