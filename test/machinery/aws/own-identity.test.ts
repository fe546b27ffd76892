/** Who the operator is with IRSA, whose session is renewed every hour: the same name each time, and every key that was in use is
 *  known, so that the operator recognizes its own calls in CloudTrail. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import type { AccountConfig } from '../../../src/aws/sessions/sessions.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { readEvent } from '../../../src/aws/events/events.ts';
import { ChangeEvents } from '../../../src/controllers/triggers/change-events.ts';
import { cloudTrailEvent } from '../../../testbed/cloudtrail.ts';
import { narrow } from '../../expectations.ts';
import { accountOf, TestCluster } from '../../pure/controllers/test-cluster.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import {
  identityAnswer,
  refusal,
  sessionAnswer,
  startFakeAws,
  type FakeAnswer,
  type FakeAws,
  type FakeCall,
} from './fake-aws.ts';
import { IRSA_ROLE, IRSA_TOKEN, irsaVariables, makeHarness, OPERATOR, type Harness } from './harness.ts';

let server: FakeAws;
let harness: Harness;
let calls: AccountCalls;
let folder: string;
let sessions: number;

beforeEach(async () => {
  server = await startFakeAws();
  server.answer = answer;
  sessions = 0;
  folder = mkdtempSync(join(tmpdir(), 'irsa-'));
  harness = irsaHarness();
  calls = harness.account({ accountId: OPERATOR, partition: 'aws' });
});
afterEach(async () => {
  harness.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function irsaHarness(more: Readonly<Record<string, string>> = {}): Harness {
  return makeHarness(server.url, OPERATOR, systemClock, { ...irsaVariables(folder), ...more });
}

/** As STS: each session has a key of its own, and the name that was asked for. */
function answer({ operation, parameters }: FakeCall): FakeAnswer {
  if (operation === 'AssumeRoleWithWebIdentity') {
    sessions += 1;
    expect(parameters.get('WebIdentityToken')).toBe(IRSA_TOKEN);
    return sessionAnswer(`ASIAEXAMPLE${sessions}`);
  }
  return identityAnswer(OPERATOR, sessionArn(sessionNames().at(-1) ?? ''));
}

function sessionArn(name: string): string {
  return `arn:aws:sts::${OPERATOR}:assumed-role/crossaccountlink/${name}`;
}

function sessionNames(): readonly string[] {
  return server.calls
    .filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity')
    .map(({ parameters }) => parameters.get('RoleSessionName') ?? '');
}

async function renewed(): Promise<string> {
  calls.session.renew();
  const identity = await verifyIdentity(calls);
  narrow(identity.kind === 'verified', identity);
  return identity.identityArn;
}

describe('a session of IRSA', () => {
  it('is named alike at each renewal', async () => {
    const identities = [await renewed(), await renewed(), await renewed()];
    expect(new Set(identities)).toStrictEqual(new Set([sessionArn('crossaccountlink')]));
    expect(sessionNames()).toStrictEqual(['crossaccountlink', 'crossaccountlink', 'crossaccountlink']);
  });

  it('is named as AWS_ROLE_SESSION_NAME says, where it says so', async () => {
    harness.close();
    harness = irsaHarness({ AWS_ROLE_SESSION_NAME: 'xal-prod' });
    calls = harness.account({ accountId: OPERATOR, partition: 'aws' });
    expect([await renewed(), await renewed()]).toStrictEqual([
      sessionArn('xal-prod'),
      sessionArn('xal-prod'),
    ]);
  });

  it('has each of its keys known, the former ones after a renewal, too', async () => {
    await renewed();
    await renewed();
    expect(
      ['ASIAEXAMPLE1', 'ASIAEXAMPLE2', 'ASIAEXAMPLE3'].map((key) => calls.session.hasUsed(key)),
    ).toStrictEqual([true, true, false]);
  });

  it('makes no event foreign: what it wrote before and after a renewal is its own, what others do with the role is not', async () => {
    const identityArn = await renewed();
    await renewed();
    const cluster = new TestCluster();
    cluster.accounts.set(
      accountOf(OPERATOR, [], { identityArn, hasUsed: (key) => calls.session.hasUsed(key) }),
    );
    const { machines, memories, repairBackoff } = cluster.parts;
    const events = new ChangeEvents({
      links: cluster.links,
      accounts: cluster.accounts,
      machines,
      memories,
      repairBackoff,
      aliases: { suspected: () => undefined },
      enqueue: () => undefined,
    });
    const isOwn = (sessionName: string, accessKeyId: string) => {
      const reading = readEvent(
        JSON.stringify(
          cloudTrailEvent({
            eventName: 'PutRolePolicy',
            requestParameters: { roleName: 'checkout' },
            account: OPERATOR,
            issuer: IRSA_ROLE,
            sessionName,
            accessKeyId,
          }),
        ),
      );
      narrow(reading.kind === 'change', reading);
      return events.isOwn(reading.event);
    };
    expect(isOwn('crossaccountlink', 'ASIAEXAMPLE1')).toBe(true);
    expect(isOwn('crossaccountlink', 'ASIAEXAMPLE2')).toBe(true);
    // Written by the pod before this one, under the same name.
    expect(isOwn('crossaccountlink', 'ASIABEFORE')).toBe(true);
    // A session whose name the source of credentials chose, and whose key is known.
    expect(isOwn('eks-prod-xal-7', 'ASIAEXAMPLE1')).toBe(true);
    expect(isOwn('alice', 'ASIAOTHER')).toBe(false);
  });
});

describe('credentials of the operator that AWS calls expired', () => {
  const expired = refusal('ExpiredToken', 'expired');

  it('are fetched again, in an account where it has no other', async () => {
    await renewed();
    let refused = 0;
    server.answer = (call) => {
      if (call.operation !== 'GetCallerIdentity' || call.accessKeyId !== 'ASIAEXAMPLE1') return answer(call);
      refused += 1;
      return expired;
    };
    expect((await verifyIdentity(calls)).kind).toBe('verified');
    expect([refused, sessions]).toStrictEqual([1, 2]);
  });

  it('are fetched again when STS will not open a session of a role with them', async () => {
    const linked = harness.account(LINKED_BY_ROLE);
    await renewed();
    server.answer = (call) => {
      if (call.operation !== 'AssumeRole') return answer(call);
      return call.accessKeyId === 'ASIAEXAMPLE1' ? expired : sessionAnswer('ASIALINKED');
    };
    await verifyIdentity(linked);
    const [first, second] = server.calls.filter(({ operation }) => operation === 'AssumeRole');
    expect([first?.accessKeyId, second?.accessKeyId]).toStrictEqual(['ASIAEXAMPLE1', 'ASIAEXAMPLE2']);
  });
});

describe('a key that AWS does not know any more', () => {
  const unknown = refusal('InvalidClientTokenId', 'The security token included in the request is invalid.');

  it('of a session whose role was made again is given up: a new session is opened', async () => {
    const linked = harness.account(LINKED_BY_ROLE);
    let opened = 0;
    let former = '';
    server.answer = (call) => {
      if (call.operation === 'AssumeRoleWithWebIdentity') return answer(call);
      if (call.operation === 'AssumeRole') {
        opened += 1;
        return sessionAnswer(`ASIALINKED${opened}`);
      }
      return call.accessKeyId === former ? unknown : identityAnswer(LINKED);
    };
    expect((await verifyIdentity(linked)).kind).toBe('verified');
    former = 'ASIALINKED1';
    expect((await verifyIdentity(linked)).kind).toBe('verified');
    expect(opened).toBe(2);
  });

  it('is looked for again in the file that it was read from', async () => {
    const write = fromFile(OWN);
    write('AKIAFORMER');
    let valid = 'AKIAFORMER';
    server.answer = ({ accessKeyId }) => (accessKeyId === valid ? identityAnswer(OPERATOR) : unknown);
    expect((await verifyIdentity(calls)).kind).toBe('verified');
    write('AKIANEXT');
    valid = 'AKIANEXT';
    expect((await verifyIdentity(calls)).kind).toBe('verified');
  });
});

describe('a key whose secret was mistyped in the file', () => {
  const wrong = refusal(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
  );

  it('is read again where it is used itself', async () => {
    const write = fromFile(OWN);
    write('AKIAMISTYPED');
    server.answer = ({ accessKeyId }) => (accessKeyId === 'AKIAMISTYPED' ? wrong : identityAnswer(OPERATOR));
    expect((await verifyIdentity(calls)).kind).toBe('denied');
    write('AKIARIGHT');
    expect((await verifyIdentity(calls)).kind).toBe('verified');
  });

  it('is read again where a role is assumed with it, once a minute at most', async () => {
    const clock = new FakeClock();
    const write = fromFile(LINKED_BY_ROLE, clock);
    write('AKIAMISTYPED');
    server.answer = ({ accessKeyId, operation }) => {
      if (operation === 'AssumeRole') return accessKeyId === 'AKIAMISTYPED' ? wrong : sessionAnswer('ASIA1');
      return identityAnswer(LINKED);
    };
    expect((await verifyIdentity(calls)).kind).toBe('denied');
    write('AKIARIGHT');
    clock.advance(60_000);
    await verifyIdentity(calls);
    expect((await verifyIdentity(calls)).kind).toBe('verified');
  });
});

const LINKED = '222222222222';
const OWN: AccountConfig = { accountId: OPERATOR, partition: 'aws' };
const LINKED_BY_ROLE: AccountConfig = {
  accountId: LINKED,
  partition: 'aws',
  assumeRole: { arn: `arn:aws:iam::${LINKED}:role/crossaccountlink-operator` },
};

/** Has the operator take its keys from a file. Returns what writes that. */
function fromFile(config: AccountConfig, clock: Clock = systemClock): (key: string) => void {
  const file = join(folder, 'credentials');
  harness.close();
  harness = makeHarness(server.url, OPERATOR, clock, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SHARED_CREDENTIALS_FILE: file,
  });
  calls = harness.account(config);
  return (key) => writeFileSync(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`);
}
