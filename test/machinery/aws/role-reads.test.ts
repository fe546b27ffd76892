/** `roleReads: PerRole`: an account whose security team refuses GetAccountAuthorizationDetails. Which calls a check of roles
 *  costs there, and at what pace they are made. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { LiveAccount } from '../../../src/aws/live-account.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { startFakeAws, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { ALL_OF_AN_ACCOUNT, makeHarness, type Harness } from './harness.ts';

const ACCOUNT = '222222222222';
const SNAPSHOT = { kind: 'snapshot', maxAgeMs: 30_000 } as const;
const PATIENT = { urgency: 'repair', tenant: 'payments', maxWaitMs: 60_000 } as const;
/** IAM's pace: this many calls at once, and this many a second after that. */
const [BURST, PER_SECOND] = [50, 5];

let aws: FakeAws;
let harness: Harness;
let clock: FakeClock;
let account: LiveAccount;
let inlinePolicies: readonly string[];

beforeAll(async () => {
  aws = await startFakeAws();
});
afterAll(() => aws.close());
beforeEach(() => {
  harness?.close();
  clock = new FakeClock();
  harness = makeHarness(aws.url, ACCOUNT, clock);
  aws.calls.length = 0;
  aws.answer = answer;
  inlinePolicies = ['CrossAccountLink-prod'];
  account = new LiveAccount({
    calls: harness.account({ accountId: ACCOUNT, partition: 'aws', roleReads: 'PerRole' }),
    clock,
    audit: () => undefined,
    interest: ALL_OF_AN_ACCOUNT,
  });
});
afterAll(() => harness.close());

function answer({ operation, parameters }: FakeCall): FakeAnswer {
  const name = parameters.get('RoleName') ?? '';
  switch (operation) {
    case 'GetRole':
      return {
        kind: 'xml',
        result: `<Role><RoleName>${name}</RoleName><RoleId>AROA${name}</RoleId><Arn>${arnOf(name)}</Arn></Role>`,
      };
    case 'ListRolePolicies': {
      const members = inlinePolicies.map((policy) => `<member>${policy}</member>`).join('');
      return { kind: 'xml', result: `<PolicyNames>${members}</PolicyNames>` };
    }
    case 'GetRolePolicy':
      return {
        kind: 'xml',
        result: '<PolicyDocument>{"Version":"2012-10-17","Statement":[]}</PolicyDocument>',
      };
    default:
      return { kind: 'xml', result: '' };
  }
}

function arnOf(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/links/${name}`;
}

const check = (name: string) => account.role(arnOf(name), PATIENT, SNAPSHOT);
const operations = () => aws.calls.map(({ operation }) => operation).toSorted();

it.each([0, 1, 3])(
  'a role with %d inline policies costs four calls and one for each of these',
  async (count) => {
    inlinePolicies = Array.from({ length: count }, (_, index) => `policy-${index}`);
    expect((await check('checkout')).kind).toBe('found');
    expect(operations()).toStrictEqual([
      'GetRole',
      ...inlinePolicies.map(() => 'GetRolePolicy'),
      'ListAttachedRolePolicies',
      'ListInstanceProfilesForRole',
      'ListRolePolicies',
    ]);
  },
);

it('the account is never read as a whole', async () => {
  for (const name of ['a', 'b', 'c']) await check(name);
  clock.advance(31_000);
  for (const name of ['a', 'b', 'c']) await check(name);
  expect(operations()).not.toContain('GetAccountAuthorizationDetails');
});

it('a role that was read answers for as long as a check may be old, and is read again after that', async () => {
  await check('checkout');
  clock.advance(30_000);
  await check('checkout');
  expect(aws.calls).toHaveLength(5);
  clock.advance(1);
  await check('checkout');
  expect(aws.calls).toHaveLength(10);
});

it('a role that does not exist costs one call', async () => {
  aws.answer = () => ({ kind: 'error', status: 404, code: 'NoSuchEntity' });
  expect((await check('gone')).kind).toBe('absent');
  expect(operations()).toStrictEqual(['GetRole']);
});

it.each(['again', 'other'])('a list that comes to no end (%s) is no reading of the role', async (second) => {
  aws.answer = (call) =>
    call.operation === 'ListAttachedRolePolicies'
      ? {
          kind: 'xml',
          result: `<IsTruncated>true</IsTruncated><Marker>${call.parameters.get('Marker') === 'again' ? second : 'again'}</Marker>`,
        }
      : answer(call);
  await expect(check('checkout')).rejects.toMatchObject({ kind: 'retryable' });
});

it.each([
  ['GetRole', ''],
  ['GetRole', '<Role><RoleId>AROA1</RoleId></Role>'],
  ['GetRolePolicy', ''],
  ['ListRolePolicies', '<IsTruncated>true</IsTruncated>'],
  ['ListAttachedRolePolicies', '<IsTruncated>true</IsTruncated><Marker/>'],
  ['ListInstanceProfilesForRole', '<InstanceProfiles/><IsTruncated>true</IsTruncated>'],
])('an answer to %s that lacks what each has (%j) is no reading of the role', async (operation, result) => {
  aws.answer = (call) => (call.operation === operation ? { kind: 'xml', result } : answer(call));
  await expect(check('checkout')).rejects.toMatchObject({
    kind: 'retryable',
    message: expect.stringContaining(`${operation} on ${arnOf('checkout')}: the answer lacks`),
  });
});

it('many roles are read no faster than IAM allows: the burst at once, then five a second', async () => {
  const names = Array.from({ length: 14 }, (_, index) => `role-${index}`);
  let isDone = false;
  const checks = Promise.all(names.map(check)).finally(() => {
    isDone = true;
  });
  let seconds = 0;
  await eventually('all roles to be read', () => {
    expect(aws.calls.length).toBeLessThanOrEqual(BURST + PER_SECOND * seconds);
    if (!isDone && aws.calls.length >= BURST - 5 + PER_SECOND * seconds) {
      seconds += 1;
      clock.advance(1_000);
    }
    if (!isDone) throw new Error(`${aws.calls.length} calls in ${seconds} s`);
  });
  expect((await checks).every(({ kind }) => kind === 'found')).toBe(true);
  expect(aws.calls).toHaveLength(names.length * 5);
  expect(seconds).toBeGreaterThanOrEqual((names.length * 5 - BURST) / PER_SECOND);
});
