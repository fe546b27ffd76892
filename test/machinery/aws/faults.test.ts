/** How calls behave when AWS, or the way there, does not. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { applyAction } from '../../../src/aws/writes/apply.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { EventQueues } from '../../../src/aws/events/event-queue.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import type { Action } from '../../../src/plan/action.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { atMost, eventually } from '../../../testbed/eventually.ts';
import { identityAnswer, sessionAnswer, type FakeAnswer, type FakeAws } from './fake-aws.ts';
import { callOptions, failureOf, type Harness, startFakeAccount, type FakeAccount } from './harness.ts';
import { present } from '../../expectations.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const OPERATOR_ROLE = `arn:aws:iam::${ACCOUNT}:role/operator`;
const DELETE: Action = {
  operation: 'DeleteRole',
  leg: 'targetRole',
  object: ROLE,
  reason: 'gone',
  changes: [],
};

let aws: FakeAws;
let harness: Harness;
let account: FakeAccount;
let calls: AccountCalls;

beforeAll(async () => {
  account = await startFakeAccount(ACCOUNT);
  ({ aws, harness } = account);
});
afterAll(() => account.stop());
beforeEach(() => {
  calls = account.again();
});

function deleteRole() {
  return applyAction(calls, DELETE, {
    callOptions,
    links: ['payments/checkout'],
    audit: (line) => harness.audits.push(line),
  });
}

const DONE: FakeAnswer = { kind: 'xml', result: '' };

test('a write is not sent when the fence is closed, and says so', async () => {
  aws.answer = () => DONE;
  harness.mayWrite = false;
  const failure = await failureOf(deleteRole());
  expect([failure.kind, failure.reason]).toStrictEqual(['fenced', 'NotLeader']);
  expect(failure.message).toMatch(/^DeleteRole on arn:aws:iam::222222222222:role\/links\/checkout: /);
  expect(aws.calls).toStrictEqual([]);
});

test('a read passes a closed fence', async () => {
  aws.answer = () => ({ kind: 'error', status: 404, code: 'NoSuchEntity' });
  harness.mayWrite = false;
  expect(await readRole(calls, callOptions, ROLE)).toStrictEqual({ kind: 'absent' });
});

test('a fence that closes while an expired session is renewed stops the second attempt', async () => {
  aws.answer = () => {
    harness.mayWrite = false;
    return { kind: 'error', status: 403, code: 'ExpiredToken' };
  };
  expect((await failureOf(deleteRole())).kind).toBe('fenced');
  expect(aws.calls).toHaveLength(1);
});

test('a fence that closes while a session is opened stops the write that waits for it', async () => {
  aws.answer = () => {
    harness.mayWrite = false;
    return sessionAnswer('SESSION');
  };
  calls = harness.account({
    accountId: ACCOUNT,
    partition: 'aws',
    assumeRole: { arn: `${OPERATOR_ROLE}-3` },
  });
  expect((await failureOf(deleteRole())).kind).toBe('fenced');
  expect(aws.calls.map(({ operation }) => operation)).toStrictEqual(['AssumeRole']);
});

test('a deletion that fails is not made again before it is read what became of it', async () => {
  aws.answer = () => ({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
  const failure = await failureOf(deleteRole());
  expect([failure.kind, failure.outcomeUnknown]).toStrictEqual(['retryable', true]);
  expect(aws.calls.filter(({ operation }) => operation === 'DeleteRole')).toHaveLength(1);
});

test('a connection that is cut leaves the outcome unknown', async () => {
  aws.answer = () => ({ kind: 'cut' });
  const failure = await failureOf(deleteRole());
  expect([failure.kind, failure.outcomeUnknown]).toStrictEqual(['retryable', true]);
});

test('a write that gets no answer is given up within the four seconds that the fence counts on', async () => {
  aws.answer = () => ({ kind: 'silence' });
  const began = performance.now();
  const failure = await failureOf(deleteRole());
  const tookMs = performance.now() - began;
  expect(tookMs).toBeGreaterThan(3_900);
  expect(tookMs).toBeLessThan(atMost(5_000));
  expect([failure.kind, failure.outcomeUnknown]).toStrictEqual(['retryable', true]);
});

test('calls that are throttled again and again slow the lane down: the next is refused before it is sent', async () => {
  aws.answer = () => ({ kind: 'error', status: 400, code: 'Throttling' });
  const rates = { iam: { burst: 99, perSecond: 1 } };
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws', rates });
  expect((await failureOf(deleteRole())).kind).toBe('throttled');
  const sent = aws.calls.length;
  const impatient = { ...callOptions, maxWaitMs: 0 };
  expect((await failureOf(readRole(calls, impatient, ROLE))).kind).toBe('laneBusy');
  expect(aws.calls).toHaveLength(sent);
});

test('an expired session is renewed, and the call made once more', async () => {
  let sessions = 0;
  aws.answer = ({ operation, accessKeyId }) => {
    if (operation === 'AssumeRole') {
      sessions += 1;
      return sessionAnswer(`SESSION${sessions}`);
    }
    return accessKeyId === 'SESSION1' ? { kind: 'error', status: 403, code: 'ExpiredToken' } : DONE;
  };
  calls = harness.account({ accountId: ACCOUNT, partition: 'aws', assumeRole: { arn: OPERATOR_ROLE } });
  await deleteRole();
  expect(aws.calls.map((call) => `${call.operation} ${call.accessKeyId}`)).toStrictEqual([
    `AssumeRole ${ACCOUNT}`,
    'DeleteRole SESSION1',
    `AssumeRole ${ACCOUNT}`,
    'DeleteRole SESSION2',
  ]);
});

test('a session that expires again at once is not renewed for ever', async () => {
  aws.answer = ({ operation }) =>
    operation === 'AssumeRole'
      ? sessionAnswer('SESSION')
      : { kind: 'error', status: 403, code: 'ExpiredToken' };
  calls = harness.account({
    accountId: ACCOUNT,
    partition: 'aws',
    assumeRole: { arn: `${OPERATOR_ROLE}-2` },
  });
  const failure = await failureOf(deleteRole());
  expect([failure.kind, failure.reason]).toStrictEqual(['retryable', 'AccountNotReady']);
  expect(aws.calls.filter((call) => call.operation === 'DeleteRole')).toHaveLength(2);
});

test("with a clock an hour behind AWS's, a call is made once more with AWS's time, and the next at once", async () => {
  aws.aheadMs = 3_600_000;
  aws.answer = ({ signedAt }) =>
    Math.abs(signedAt - Date.now() - aws.aheadMs) > 300_000
      ? { kind: 'error', status: 403, code: 'SignatureDoesNotMatch', message: 'Signature expired' }
      : DONE;
  calls = harness.account({ accountId: '333333333333', partition: 'aws' });
  await deleteRole();
  await deleteRole();
  expect(aws.calls).toHaveLength(3);
});

test('removing what is gone is done, so that a call whose answer was lost can be made again', async () => {
  aws.answer = () => ({ kind: 'error', status: 404, code: 'NoSuchEntity' });
  expect(await deleteRole()).toStrictEqual({ alreadyDone: true });
  expect(harness.audits[0]?.outcome).toBe('alreadyDone');
});

test('a write is audited once, with who, what, for whom and how it ended', async () => {
  aws.answer = () => DONE;
  await deleteRole();
  const { before: _before, after: _after, ...line } = present(harness.audits[0], 'no audit line');
  expect(line).toStrictEqual({
    who: "the operator's own credentials",
    accountId: ACCOUNT,
    operation: 'DeleteRole',
    object: ROLE,
    reason: 'gone',
    links: ['payments/checkout'],
    outcome: 'done',
  });
  expect(harness.audits).toHaveLength(1);
});

test('an update sends the ARN and the definition alone, and keeps the revision that was answered', async () => {
  const object = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
  aws.answer = () => ({ kind: 'json', body: { updateDate: 1, revisionId: 'r2' } });
  const action: Action = {
    operation: 'UpdateStateMachine',
    leg: 'stateMachineCredentials',
    object,
    reason: 'a test',
    changes: [],
    definition: '{}',
    publishVersion: false,
  };
  const result = await applyAction(calls, action, { callOptions, links: [], audit: () => undefined });
  expect(result).toStrictEqual({ revisionId: 'r2' });
  expect(JSON.parse(aws.calls[0]?.body ?? '')).toStrictEqual({ stateMachineArn: object, definition: '{}' });
});

test('a failed write is audited, too', async () => {
  aws.answer = () => ({ kind: 'error', status: 409, code: 'DeleteConflict' });
  await failureOf(deleteRole());
  expect(harness.audits[0]?.outcome).toBe('conflict');
});

test('each call is counted, with its outcome', async () => {
  aws.answer = () => ({ kind: 'error', status: 400, code: 'Throttling' });
  await failureOf(deleteRole());
  const { durationMs, ...record } = present(harness.records[0], 'nothing was counted');
  expect(record).toStrictEqual({
    accountId: ACCOUNT,
    region: 'us-east-1',
    service: 'iam',
    operation: 'DeleteRole',
    outcome: 'throttled',
  });
  expect(durationMs).toBeGreaterThan(0);
});

test('a role that vanishes while it is read is a conflict: neither absent nor without policies', async () => {
  aws.answer = ({ operation }) =>
    operation === 'GetRole'
      ? { kind: 'xml', result: `<Role><Arn>${ROLE}</Arn><RoleId>AROA1</RoleId></Role>` }
      : { kind: 'error', status: 404, code: 'NoSuchEntity' };
  expect((await failureOf(readRole(calls, callOptions, ROLE))).kind).toBe('conflict');
});

test('a role whose reading was begun is read to its end, although its lane has become busy', async () => {
  calls = harness.account({
    accountId: ACCOUNT,
    partition: 'aws',
    rates: { iam: { burst: 1, perSecond: 20 } },
  });
  aws.answer = ({ operation }) =>
    operation === 'GetRole'
      ? { kind: 'xml', result: `<Role><Arn>${ROLE}</Arn><RoleId>AROA1</RoleId></Role>` }
      : { kind: 'xml', result: '' };
  const reading = await readRole(calls, { ...callOptions, maxWaitMs: 0 }, ROLE);
  expect(reading.kind).toBe('found');
});

test('another account that answers is told apart from a refusal', async () => {
  aws.answer = () => identityAnswer('333333333333');
  expect(await verifyIdentity(calls)).toStrictEqual({
    kind: 'wrongAccount',
    identityArn: 'arn:aws:iam::333333333333:root',
    answered: '333333333333',
  });
});

const NO_ANSWERS: readonly { readonly how: string; readonly answer: FakeAnswer; readonly kind: string }[] = [
  { how: 'a refusal', answer: { kind: 'error', status: 403, code: 'InvalidClientTokenId' }, kind: 'denied' },
  {
    how: 'an outage',
    answer: { kind: 'error', status: 503, code: 'ServiceUnavailable' },
    kind: 'unreachable',
  },
  { how: 'a cut connection', answer: { kind: 'cut' }, kind: 'unreachable' },
  { how: 'throttling', answer: { kind: 'error', status: 400, code: 'Throttling' }, kind: 'unreachable' },
];

for (const { how, answer, kind } of NO_ANSWERS) {
  test(`after ${how} the account is ${kind}`, async () => {
    aws.answer = () => answer;
    expect((await verifyIdentity(calls)).kind).toBe(kind);
  });
}

test('a queue that is named again is polled once', async () => {
  aws.answer = () => ({ kind: 'silence' });
  const polls = new EventQueues(deafListener, systemClock);
  const url = `${aws.url}/${ACCOUNT}/events`;
  const other = `${aws.url}/${ACCOUNT}/other`;
  polls.setQueues(new Map([[url, calls]]));
  polls.setQueues(new Map([[url, calls]]));
  polls.setQueues(new Map([url, other].map((each) => [each, calls])));
  const polled = (each: string) => aws.calls.filter(({ body }) => body.includes(each)).length;
  await eventually('the other queue to be polled', () => expect(polled(other)).toBe(1));
  expect(polled(url)).toBe(1);
  await polls.close();
});

const deafListener = {
  onChange: () => undefined,
  onExecution: () => undefined,
  onJunk: () => undefined,
  onRead: () => undefined,
  onProblem: () => undefined,
  isOwn: () => false,
  isLeader: () => true,
};

test('the user agent names the operator', async () => {
  aws.answer = () => DONE;
  await deleteRole();
  expect(aws.calls[0]?.userAgent ?? '').toMatch(/crossaccountlink\/test/);
});

test('an answer is handed on when its turn has come: many may come at once', async () => {
  aws.answer = () => identityAnswer(ACCOUNT);
  const { promise: turn, resolve: comes } = Promise.withResolvers<void>();
  const config = { accountId: ACCOUNT, partition: 'aws' };
  const { promise: answered, resolve: answers } = Promise.withResolvers<void>();
  const breathe = () => {
    answers();
    return turn;
  };
  let isHandedOn = false;
  const identity = verifyIdentity(harness.account(config, { breathe })).finally(() => {
    isHandedOn = true;
  });
  await answered;
  expect(isHandedOn).toBe(false);
  comes();
  expect((await identity).kind).toBe('verified');
});
