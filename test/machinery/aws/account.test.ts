/** The races between our own writes and looks at whole accounts that are late, slow or both. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LiveAccount } from '../../../src/aws/live-account.ts';
import { unpack } from '../../../src/aws/reads/packed-text.ts';
import { SNAPSHOT_LAG_MS } from '../../../src/observed/journal.ts';
import type { Action } from '../../../src/plan/action.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { startFakeAws, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { makeHarness, callOptions, type Harness } from './harness.ts';
import { about } from '../../expectations.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const TRUST = parsePolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}',
);
const ACTION = { leg: 'targetRole', object: ROLE, reason: 'a test', changes: [] } as const;
const CREATE: Action = { ...ACTION, operation: 'CreateRole', trust: TRUST, tags: new Map() };
const DELETE: Action = { ...ACTION, operation: 'DeleteRole' };
const SNAPSHOT = { kind: 'snapshot', maxAgeMs: 30_000 } as const;

let aws: FakeAws;
let harness: Harness;
const clock = new FakeClock();
let account: LiveAccount;
/** Whether a look at the account shows the role, and whether a look at the role itself does. */
let shown: { inAccount: boolean; alone: boolean };
/** Called when a look at the account arrives, before it is answered. */
let onLook: () => Promise<void>;
let outcome: FakeAnswer | undefined;

beforeAll(async () => {
  aws = await startFakeAws();
  harness = makeHarness(aws.url, ACCOUNT, clock);
});
afterAll(async () => {
  harness.close();
  await aws.close();
});
beforeEach(() => {
  clock.advance(3_600_000);
  aws.calls.length = 0;
  aws.answer = answer;
  harness.mayWrite = true;
  shown = { inAccount: false, alone: false };
  onLook = () => Promise.resolve();
  outcome = undefined;
  account = new LiveAccount({
    calls: harness.account({ accountId: ACCOUNT, partition: 'aws' }),
    clock,
    audit: () => undefined,
    interest: { visitRole: () => true, keepsPolicy: () => false, policies: () => false },
  });
});

const XML = `<RoleName>checkout</RoleName><RoleId>AROA1</RoleId><Arn>${ROLE}</Arn>`;
const NO_SUCH: FakeAnswer = { kind: 'error', status: 404, code: 'NoSuchEntity' };

async function answer({ operation }: FakeCall): Promise<FakeAnswer> {
  switch (operation) {
    case 'GetAccountAuthorizationDetails': {
      const list = shown.inAccount ? `<RoleDetailList><member>${XML}</member></RoleDetailList>` : '';
      await onLook();
      return { kind: 'xml', result: list };
    }
    case 'GetRole':
      return shown.alone ? { kind: 'xml', result: `<Role>${XML}</Role>` } : NO_SUCH;
    case 'CreateRole':
      return outcome ?? { kind: 'xml', result: `<Role>${XML}</Role>` };
    default:
      return { kind: 'xml', result: '' };
  }
}

function operations(): string[] {
  return aws.calls.map(({ operation }) => operation);
}

function apply(action: Action) {
  return account.apply(action, callOptions, ['payments/checkout']);
}

async function look(): Promise<string> {
  return (await account.role(ROLE, callOptions, SNAPSHOT)).kind;
}

test('a role that was just made is known without asking AWS', async () => {
  await apply(CREATE);
  aws.calls.length = 0;
  const sight = await account.role(ROLE, callOptions, SNAPSHOT);
  expect(sight.kind === 'found' && sight.role.roleId).toBe('AROA1');
  expect(operations()).toStrictEqual([]);
});

test('a role that was just made is not taken for gone because IAM does not find it to delete: it would be left behind', async () => {
  await apply(CREATE);
  aws.answer = () => Promise.resolve(NO_SUCH);
  await expect(apply(DELETE)).rejects.toMatchObject({ kind: 'waiting', reason: 'Propagating' });
  clock.advance(120_000);
  await expect(apply(DELETE)).resolves.toMatchObject({ alreadyDone: true });
});

test('a role made while the account is read is there, although the reading has it not', async () => {
  onLook = async () => void (await apply(CREATE));
  expect(await look()).toBe('found');
});

test('a role deleted while the account is read is gone, although the reading still has it', async () => {
  shown.inAccount = true;
  onLook = async () => void (await apply(DELETE));
  expect(await look()).toBe('absent');
});

test('looks at the account that lag by a minute take nothing away', async () => {
  await apply(CREATE);
  for (let elapsed = 0; elapsed < SNAPSHOT_LAG_MS; elapsed += 5_000) {
    await about(`${elapsed} ms after the write`, async () => {
      expect(await look()).toBe('found');
    });
    clock.advance(5_000);
  }
});

test('what somebody changes right after our write is found by the next look, and read afresh', async () => {
  await apply(CREATE);
  clock.advance(20_000);
  // Without the trust policy that was written.
  shown = { inAccount: true, alone: true };
  expect(await account.role(ROLE, callOptions, SNAPSHOT)).toMatchObject({
    kind: 'found',
    role: { trust: { kind: 'unreadable' } },
    fresh: true,
  });
});

function readFresh() {
  return account.role(ROLE, callOptions, { kind: 'fresh' });
}

describe('a fresh read of a role that was just made', () => {
  const LAG_MS = 30_000;
  const AS_WRITTEN = { kind: 'found', role: { roleId: 'AROA1', trust: { kind: 'parsed' } }, fresh: true };

  beforeEach(async () => {
    account = new LiveAccount({
      calls: harness.account({ accountId: ACCOUNT, partition: 'aws' }),
      clock,
      audit: () => undefined,
      interest: { visitRole: () => true, keepsPolicy: () => false, policies: () => false },
      readLagMs: LAG_MS,
    });
    await apply(CREATE);
    clock.advance(1_000);
  });

  test('that does not find it finds it as it was written, and says for how long', async () => {
    expect(await readFresh()).toMatchObject({ ...AS_WRITTEN, lagsForMs: LAG_MS - 1_000 });
    clock.advance(LAG_MS - 1_000);
    expect(await readFresh()).toStrictEqual({ kind: 'absent', fresh: true });
  });

  test('that finds the role and not its policies finds it as it was written, too', async () => {
    shown.alone = true;
    aws.answer = (call) => (call.operation === 'ListRolePolicies' ? NO_SUCH : answer(call));
    expect(await readFresh()).toMatchObject({ ...AS_WRITTEN, lagsForMs: LAG_MS - 1_000 });
    clock.advance(LAG_MS);
    await expect(readFresh()).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('that finds a trust policy which neither was there nor was written finds that', async () => {
    shown.alone = true;
    const reading = await readFresh();
    expect(reading).toMatchObject({ kind: 'found', role: { trust: { kind: 'unreadable' } } });
    expect(reading).not.toHaveProperty('lagsForMs');
  });

  test('that still finds one that was deleted since finds none', async () => {
    await apply(DELETE);
    shown.alone = true;
    expect(await readFresh()).toStrictEqual({ kind: 'absent', fresh: true, lagsForMs: LAG_MS });
  });
});

test('a minute after our write a role that somebody deleted is absent', async () => {
  await apply(CREATE);
  clock.advance(SNAPSHOT_LAG_MS);
  expect(await look()).toBe('absent');
});

test('one look at the account answers for as long as it is fresh enough', async () => {
  shown.inAccount = true;
  await look();
  clock.advance(30_000);
  await look();
  expect(operations()).toStrictEqual(['GetAccountAuthorizationDetails']);
  clock.advance(1);
  await look();
  expect(operations()).toHaveLength(2);
});

test('after a write whose outcome is unknown, the role itself is asked for', async () => {
  await look();
  outcome = { kind: 'cut' };
  shown.alone = true;
  await expect(apply(CREATE)).rejects.toMatchObject({ outcomeUnknown: true });
  aws.calls.length = 0;
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).fresh).toBe(true);
  expect(operations()[0]).toBe('GetRole');
});

test('after a write to a role that nobody has looked at, the role itself is asked for', async () => {
  shown = { inAccount: false, alone: true };
  await apply({ ...ACTION, operation: 'PutRolePolicy', policyName: 'grant', document: TRUST });
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).fresh).toBe(true);
});

test('after a write that was not sent, nothing is asked for again', async () => {
  await look();
  harness.mayWrite = false;
  await expect(apply(CREATE)).rejects.toMatchObject({ kind: 'fenced' });
  aws.calls.length = 0;
  expect(await look()).toBe('absent');
  expect(operations()).toStrictEqual([]);
});

test('a fresh look asks for the role itself, whatever is known', async () => {
  await apply(CREATE);
  expect(await account.role(ROLE, callOptions, { kind: 'fresh' })).toStrictEqual({
    kind: 'absent',
    fresh: true,
  });
});

test('what a fresh read has shown is not contradicted by a look that began before it', async () => {
  shown = { inAccount: false, alone: true };
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).kind).toBe('absent');
  clock.advance(1_000);
  expect((await account.role(ROLE, callOptions, { kind: 'fresh' })).kind).toBe('found');
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).kind).toBe('found');
  expect(operations().filter((name) => name === 'GetAccountAuthorizationDetails')).toHaveLength(1);
});

test('a look that began after a fresh read is believed again', async () => {
  shown = { inAccount: false, alone: true };
  await account.role(ROLE, callOptions, { kind: 'fresh' });
  clock.advance(SNAPSHOT.maxAgeMs + 1);
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).kind).toBe('absent');
});

test('an own write makes an earlier fresh read worthless', async () => {
  shown = { inAccount: true, alone: true };
  await account.role(ROLE, callOptions, SNAPSHOT);
  clock.advance(1_000);
  await account.role(ROLE, callOptions, { kind: 'fresh' });
  await apply(DELETE);
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).kind).toBe('absent');
});

test('a fresh read after an own write is not contradicted by what was written', async () => {
  await account.role(ROLE, callOptions, SNAPSHOT);
  await apply(CREATE);
  clock.advance(1_000);
  shown = { inAccount: false, alone: false };
  expect((await account.role(ROLE, callOptions, { kind: 'fresh' })).kind).toBe('absent');
  expect((await account.role(ROLE, callOptions, SNAPSHOT)).kind).toBe('absent');
});

/** As it can be read: no managed policy is on the role. */
function roleText(): string | undefined {
  const packed = account.roleText(ROLE, SNAPSHOT.maxAgeMs);
  return packed === undefined ? undefined : unpack(packed);
}

describe('the text of a role', () => {
  beforeEach(() => {
    shown = { inAccount: true, alone: true };
  });

  test('is what the snapshot at hand shows, until that is too old', async () => {
    expect(roleText()).toBeUndefined();
    await account.role(ROLE, callOptions, SNAPSHOT);
    const asked = operations().length;
    expect(roleText()).toContain('AROA1');
    clock.advance(SNAPSHOT.maxAgeMs + 1);
    expect(roleText()).toBeUndefined();
    expect(operations()).toHaveLength(asked);
  });

  test('is renewed by one look at the account, and only where that is too old', async () => {
    await account.role(ROLE, callOptions, SNAPSHOT);
    const asked = operations().length;
    await account.renewSnapshot(ROLE, callOptions, SNAPSHOT.maxAgeMs);
    expect(operations()).toHaveLength(asked);
    clock.advance(SNAPSHOT.maxAgeMs + 1);
    const renewals = [1, 2].map(() => account.renewSnapshot(ROLE, callOptions, SNAPSHOT.maxAgeMs));
    await Promise.all(renewals);
    expect(operations()).toHaveLength(asked + 1);
    expect(roleText()).toContain('AROA1');
  });

  test('is not looked for in the account where an own write shows the role', async () => {
    await apply(CREATE);
    const asked = operations().length;
    await account.renewSnapshot(ROLE, callOptions, 0);
    expect(operations()).toHaveLength(asked);
  });

  test('is none where something else is known better: an own write, a fresh read', async () => {
    await account.role(ROLE, callOptions, SNAPSHOT);
    clock.advance(1);
    await account.role(ROLE, callOptions, { kind: 'fresh' });
    expect(roleText()).toBeUndefined();
    await account.role(ROLE, callOptions, { kind: 'snapshot', maxAgeMs: 0 });
    expect(roleText()).toContain('AROA1');
    await apply(DELETE);
    expect(roleText()).toBeUndefined();
  });
});
