/** Somebody revokes the sessions of the operator's role: everything that they sign is denied, for as long as they live. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import { readStateMachine } from '../../../src/aws/reads/state-machine.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { refusal, sessionAnswer, startFakeAws, type FakeAnswer, type FakeAws } from './fake-aws.ts';
import { callOptions, irsaVariables, makeHarness, OPERATOR, type Harness } from './harness.ts';

const TARGET = '222222222222';
const ROLE = `arn:aws:iam::${TARGET}:role/links/checkout`;
const MACHINE = `arn:aws:states:us-east-1:${TARGET}:stateMachine:checkout`;
const MINUTE_MS = 60_000;

const denied = (how: string) =>
  refusal(
    'AccessDenied',
    `User: arn:aws:sts::${TARGET}:assumed-role/x/crossaccountlink is not authorized to perform: iam:GetRole on resource: role checkout ${how}`,
  );
const REVOKED = denied('with an explicit deny in an identity-based policy');
const INVALID = 'The security token included in the request is invalid.';
const GONE = refusal('NoSuchEntity', 'The role with name checkout cannot be found.', 404);

let folder: string;
let server: FakeAws;
let harness: Harness;
let clock: FakeClock;
let calls: AccountCalls;
/** Sessions that were opened: of the operator's own role, which are called OWN1, OWN2 …, and of that in the account. */
let opened: { own: number; role: number };
/** What calls are answered that a session signs, by its name: ROLE1, ROLE2 … */
let answerTo: (session: string) => FakeAnswer;
/** The same for AssumeRole. */
let answerToOwn: (session: string) => FakeAnswer | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'revoked-'));
  server = await startFakeAws();
  clock = new FakeClock();
  harness = makeHarness(server.url, OPERATOR, clock, irsaVariables(folder));
  const assumeRole = { arn: `arn:aws:iam::${TARGET}:role/crossaccountlink-operator` };
  calls = harness.account({ accountId: TARGET, partition: 'aws', assumeRole });
  opened = { own: 0, role: 0 };
  answerTo = () => GONE;
  answerToOwn = () => undefined;
  server.answer = ({ operation, accessKeyId }) => {
    if (operation === 'AssumeRoleWithWebIdentity') return sessionAnswer(`OWN${(opened.own += 1)}`);
    if (operation !== 'AssumeRole') return answerTo(accessKeyId);
    return answerToOwn(accessKeyId) ?? sessionAnswer(`ROLE${(opened.role += 1)}`);
  };
});
afterEach(async () => {
  harness.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const read = () => readRole(calls, callOptions, ROLE);
const ABSENT = { kind: 'absent' };

describe('a session that is refused', () => {
  it.each([
    ['because it was revoked', REVOKED],
    ['because AWS does not know it any more', refusal('InvalidClientTokenId', INVALID)],
  ])('%s gives way to a new one, with which the call is made again', async (_why, answer) => {
    answerTo = (key) => (key === 'ROLE1' ? answer : GONE);
    expect(await read()).toStrictEqual(ABSENT);
    expect(opened.role).toBe(2);
  });

  it('gives way in the words of Step Functions, too', async () => {
    answerTo = (key) =>
      key === 'ROLE1'
        ? refusal('UnrecognizedClientException', INVALID, 400)
        : refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${MACHINE}'`, 400);
    expect(await readStateMachine(calls, callOptions, MACHINE)).toStrictEqual(ABSENT);
  });

  it('gives way once for all calls that are refused at once', async () => {
    answerTo = (key) => (key === 'ROLE1' ? REVOKED : GONE);
    const readings = await Promise.all(Array.from({ length: 10 }, read));
    expect(readings.map(({ kind }) => kind)).toStrictEqual(Array(10).fill('absent'));
    expect(opened.role).toBe(2);
  });

  it('is the verdict where the next one is refused, too: another is opened after five minutes', async () => {
    answerTo = () => REVOKED;
    for (let minute = 0; minute < 5; minute += 1) {
      await expect(read()).rejects.toMatchObject({ kind: 'terminal', reason: 'AccessDenied' });
      clock.advance(MINUTE_MS);
    }
    expect(opened.role).toBe(2);
    await expect(read()).rejects.toMatchObject({ reason: 'AccessDenied' });
    expect(opened.role).toBe(3);
  });

  it('stays where a refusal of another kind has such words in it', async () => {
    answerTo = () => refusal('InvalidInput', 'x is not valid with an explicit deny in a policy', 400);
    await expect(read()).rejects.toMatchObject({ kind: 'terminal', code: 'InvalidInput' });
    expect(opened.role).toBe(1);
  });

  it('stays where policies allow too little: no session helps there', async () => {
    answerTo = () => denied('because no identity-based policy allows the iam:GetRole action');
    await expect(read()).rejects.toMatchObject({ kind: 'terminal', reason: 'AccessDenied' });
    expect(opened.role).toBe(1);
  });
});

describe("the operator's own session, once it was revoked", () => {
  beforeEach(async () => {
    await calls.session.iam.config.credentials();
    calls.session.renew();
    answerToOwn = (key) => (key === 'OWN1' ? REVOKED : undefined);
  });

  it('gives way to a new one when no role can be assumed with it', async () => {
    clock.advance(MINUTE_MS);
    expect(await read()).toStrictEqual(ABSENT);
    expect(opened.own).toBe(2);
  });

  it('does so once a minute at most', async () => {
    answerToOwn = () => REVOKED;
    clock.advance(MINUTE_MS);
    await expect(read()).rejects.toMatchObject({ reason: 'AccountNotReady' });
    calls.session.retry();
    await expect(read()).rejects.toMatchObject({ reason: 'AccountNotReady' });
    expect(opened.own).toBe(2);
  });
});
