/** STS as it refuses in real life: Regions that are not enabled, and session tags that nobody allowed. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { baseIdentityPolicy } from '../../../src/bootstrap/base-identity.ts';
import { operatorTrust } from '../../../src/bootstrap/operator-policy.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { verifyIdentity, verifyWithBase } from '../../../src/aws/calls/identity.ts';
import { StsRegion } from '../../../src/aws/sessions/sts.ts';
import type { PolicyDocument, Statement } from '../../../src/policy/document.ts';
import { policyToJson } from '../../../src/policy/print.ts';
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
import { makeHarness, OPERATOR, type Harness } from './harness.ts';

const TARGET = '222222222222';
const ROLE = `arn:aws:iam::${TARGET}:role/crossaccountlink-operator`;
const BASE_ROLE = `arn:aws:iam::${OPERATOR}:role/crossaccountlink`;
const BASE_SESSION = `arn:aws:sts::${OPERATOR}:assumed-role/crossaccountlink/eks-prod-xal-1`;
const CONFIG = { accountId: TARGET, partition: 'aws', assumeRole: { arn: ROLE, externalId: 'mine' } };

const SESSION = sessionAnswer('ASIAEXAMPLE');
const IDENTITY = identityAnswer(
  TARGET,
  `arn:aws:sts::${TARGET}:assumed-role/crossaccountlink-operator/crossaccountlink`,
);
const granted = ({ operation }: FakeCall) => (operation === 'AssumeRole' ? SESSION : IDENTITY);

let server: FakeAws;
let harness: Harness;

beforeEach(async () => {
  server = await startFakeAws();
  // The harness's own Region is eu-west-1.
  harness = makeHarness(server.url);
});
afterEach(async () => {
  harness.close();
  await server.close();
});

const asked = () => server.calls.map(({ operation, signingRegion }) => `${operation} ${signingRegion}`);

/** Makes a call that fails like this wherever it is made, and says where that was. */
async function failing(preferred: string, name: string) {
  const region = new StsRegion(preferred, 'us-east-1', () => 0);
  const calledIn: string[] = [];
  const call = (place: string) => {
    calledIn.push(place);
    return Promise.reject(Object.assign(new Error('no'), { name }));
  };
  await expect(region.run(call)).rejects.toMatchObject({ name });
  return [calledIn, region.name, region.disabled];
}

describe('the Region that was asked for', () => {
  it.each(['AccessDenied', 'Throttling', 'ExpiredToken', 'TimeoutError'])(
    'is not left for %s',
    async (name) => {
      expect(await failing('eu-west-1', name)).toStrictEqual([['eu-west-1'], 'eu-west-1', undefined]);
    },
  );

  it('is asked once where it is the home Region itself', async () => {
    const asOfDisabled = await failing('us-east-1', 'InvalidClientTokenId');
    expect(asOfDisabled).toStrictEqual([['us-east-1'], 'us-east-1', undefined]);
  });
});

describe('a Region whose STS is not enabled', () => {
  const DISABLED = refusal(
    'RegionDisabledException',
    `STS is not activated in this region for account:${TARGET}. Your account administrator can activate STS in this region using the IAM Console.`,
  );

  it.each([
    ["in the role's account", DISABLED],
    [
      "in the operator's account",
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid.'),
    ],
  ])('%s: the home Region is asked, and that is reported', async (_where, answer) => {
    server.answer = (call) => (call.signingRegion === 'ap-south-2' ? answer : granted(call));
    const identity = await verifyIdentity(harness.account({ ...CONFIG, region: 'ap-south-2' }));
    expect(identity).toMatchObject({
      kind: 'verified',
      fallback: { disabledRegion: 'ap-south-2', usedRegion: 'us-east-1' },
    });
    expect(asked()).toStrictEqual([
      'AssumeRole ap-south-2',
      'AssumeRole us-east-1',
      'GetCallerIdentity us-east-1',
    ]);
  });

  it('is not asked again', async () => {
    server.answer = (call) => (call.signingRegion === 'us-east-1' ? granted(call) : DISABLED);
    const calls = harness.account(CONFIG);
    await verifyIdentity(calls);
    await verifyIdentity(calls);
    expect(asked().filter((call) => call.endsWith('eu-west-1'))).toHaveLength(1);
  });

  describe('is tried again after a quarter of an hour', () => {
    const QUARTER_MS = 15 * 60_000;
    const IN_HOME = ['GetCallerIdentity us-east-1'];
    let clock: FakeClock;
    let calls: AccountCalls;
    let regional: FakeAnswer | undefined;

    beforeEach(async () => {
      regional = DISABLED;
      clock = new FakeClock();
      harness.close();
      harness = makeHarness(server.url, OPERATOR, clock);
      server.answer = (call) => (call.signingRegion === 'ap-south-2' && regional) || granted(call);
      calls = harness.account({ ...CONFIG, region: 'ap-south-2' });
      await verifyIdentity(calls);
      server.calls.length = 0;
    });
    const askAfter = async (ms: number) => {
      clock.advance(ms);
      server.calls.length = 0;
      return verifyIdentity(calls);
    };
    const FALLEN_BACK = { kind: 'verified', fallback: { disabledRegion: 'ap-south-2' } };

    it('and not before', async () => {
      regional = undefined;
      expect(await askAfter(QUARTER_MS - 1)).toMatchObject(FALLEN_BACK);
      expect(asked()).toStrictEqual(IN_HOME);
    });

    it('and used again when it has been enabled: nothing is reported any more', async () => {
      regional = undefined;
      expect(await askAfter(QUARTER_MS)).not.toHaveProperty('fallback');
      expect(asked()).toStrictEqual(['GetCallerIdentity ap-south-2']);
      await askAfter(0);
      expect(asked()).toStrictEqual(['GetCallerIdentity ap-south-2']);
    });

    it('and left alone for another one where it still is not', async () => {
      expect(await askAfter(QUARTER_MS)).toMatchObject(FALLEN_BACK);
      expect(asked()).toStrictEqual(['GetCallerIdentity ap-south-2', 'GetCallerIdentity us-east-1']);
      expect(await askAfter(QUARTER_MS - 1)).toMatchObject(FALLEN_BACK);
      expect(asked()).toStrictEqual(IN_HOME);
      await askAfter(1);
      expect(asked()).toStrictEqual(['GetCallerIdentity ap-south-2', 'GetCallerIdentity us-east-1']);
    });

    it.each<[string, FakeAnswer]>([
      ['does not answer', { kind: 'cut' }],
      ['fails', refusal('ServiceUnavailable', 'Service is unable to handle request.', 503)],
    ])(
      'and takes nothing away when its STS %s: the home Region has worked up to now',
      async (_how, answer) => {
        regional = answer;
        expect(await askAfter(QUARTER_MS)).toMatchObject(FALLEN_BACK);
      },
    );

    it('by one call of many', async () => {
      clock.advance(QUARTER_MS);
      server.calls.length = 0;
      await Promise.all(Array.from({ length: 5 }, () => verifyIdentity(calls)));
      expect(asked().filter((call) => call.endsWith('ap-south-2'))).toHaveLength(1);
    });

    it('and fallen back from once more, should it be disabled later', async () => {
      regional = undefined;
      await askAfter(QUARTER_MS);
      regional = DISABLED;
      expect(await askAfter(0)).toMatchObject(FALLEN_BACK);
      expect(asked()).toStrictEqual(['GetCallerIdentity ap-south-2', 'GetCallerIdentity us-east-1']);
    });
  });

  it("is the partition's own where the account lies in another", async () => {
    server.answer = (call) => (call.signingRegion === 'eusc-de-east-1' ? granted(call) : DISABLED);
    const eusc = { ...CONFIG, partition: 'aws-eusc', assumeRole: { arn: ROLE.replace('aws:', 'aws-eusc:') } };
    expect(await verifyIdentity(harness.account(eusc))).toMatchObject({ kind: 'verified' });
    expect(asked()).toStrictEqual(['AssumeRole eusc-de-east-1', 'GetCallerIdentity eusc-de-east-1']);
  });

  it('in the home Region, too, is reported with what to do', async () => {
    server.answer = () => DISABLED;
    const identity = await verifyIdentity(harness.account(CONFIG));
    expect(identity).toMatchObject({ kind: 'denied' });
    expect(JSON.stringify(identity)).toMatch(
      /enable the Region in the role's account and the operator's, or name another in spec.region/,
    );
  });

  it('is no reason to ask elsewhere when credentials are invalid everywhere', async () => {
    server.answer = () =>
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid.');
    expect(await verifyIdentity(harness.account(CONFIG))).toMatchObject({ kind: 'denied' });
    await verifyIdentity(harness.account(CONFIG));
    expect(asked()).toStrictEqual([
      'AssumeRole eu-west-1',
      'AssumeRole us-east-1',
      'AssumeRole eu-west-1',
      'AssumeRole us-east-1',
    ]);
  });
});

/** Refuses AssumeRole as AWS does: if session tags are passed, sts:TagSession is asked of both policies, too, and never with an
 *  external ID. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
function stsWith(trust: PolicyDocument, identity: PolicyDocument, transitiveTags: boolean) {
  const allows = async (action: string, context: Record<string, string>) => {
    const result = await runSimulation(
      {
        request: {
          principal: BASE_SESSION,
          action,
          resource: { resource: ROLE, accountId: TARGET },
          contextVariables: context,
        },
        identityPolicies: [{ name: 'base', policy: policyToJson(identity) }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: policyToJson(trust),
      },
      {},
    );
    return result.resultType !== 'error' && result.overallResult === 'Allowed';
  };
  return async (call: FakeCall): Promise<FakeAnswer> => {
    if (call.operation !== 'AssumeRole') return granted(call);
    const externalId = call.parameters.get('ExternalId');
    const context = externalId === null ? {} : { 'sts:ExternalId': externalId };
    const actions = ['sts:AssumeRole', ...(transitiveTags ? ['sts:TagSession'] : [])];
    for (const action of actions) {
      if (await allows(action, action === 'sts:AssumeRole' ? context : {})) continue;
      return refusal(
        'AccessDenied',
        `User: ${BASE_SESSION} is not authorized to perform: ${action} on resource: ${ROLE}`,
      );
    }
    return granted(call);
  };
}

const without = (document: PolicyDocument, action: string): PolicyDocument => ({
  ...document,
  statements: document.statements.flatMap((statement): readonly Statement[] => {
    const values = statement.actions.values.filter((name) => name !== action);
    return values.length === 0 ? [] : [{ ...statement, actions: { ...statement.actions, values } }];
  }),
});

describe('EKS Pod Identity', () => {
  const trust = operatorTrust(BASE_ROLE, 'mine');
  const identity = baseIdentityPolicy([`arn:aws:iam::*:role/crossaccountlink-operator`]);
  it('reaches the accounts with what bootstrap writes', async () => {
    server.answer = stsWith(trust, identity, true);
    expect(await verifyIdentity(harness.account(CONFIG))).toMatchObject({ kind: 'verified' });
  });

  it.each([
    ["the role's trust policy", without(trust, 'sts:TagSession'), identity],
    ["the operator's own policy", trust, without(identity, 'sts:TagSession')],
  ])(
    'is refused without sts:TagSession in %s, with advice of its own',
    async (_where, itsTrust, itsIdentity) => {
      server.answer = stsWith(itsTrust, itsIdentity, true);
      const answer = await verifyIdentity(harness.account(CONFIG));
      expect(answer).toMatchObject({ kind: 'denied' });
      expect(JSON.stringify(answer)).toMatch(
        /allow sts:TagSession, in a statement without the external ID.*disableSessionTags/,
      );
    },
  );

  it('is refused when sts:TagSession stands under the condition of the external ID', async () => {
    const statements = trust.statements.filter(({ sid }) => sid === 'Operator');
    const values = ['sts:AssumeRole', 'sts:TagSession'];
    const joined = statements.map((one) => Object.assign({}, one, { actions: { negated: false, values } }));
    server.answer = stsWith({ ...trust, statements: joined }, identity, true);
    expect(await verifyIdentity(harness.account(CONFIG))).toMatchObject({ kind: 'denied' });
  });

  it('and IRSA, which hands no tags on, need sts:AssumeRole with the external ID', async () => {
    server.answer = stsWith(without(trust, 'sts:TagSession'), without(identity, 'sts:TagSession'), false);
    expect(await verifyIdentity(harness.account(CONFIG))).toMatchObject({ kind: 'verified' });
    const other = { ...CONFIG, assumeRole: { arn: ROLE, externalId: 'another' } };
    const answer = await verifyIdentity(harness.account(other));
    expect(JSON.stringify(answer)).toMatch(
      /let the role's trust policy name the operator, with the AWSAccount's externalID/,
    );
  });
});

describe('who the operator is before it assumes a role', () => {
  const BASE = identityAnswer(OPERATOR, BASE_SESSION);
  const byKey = (call: FakeCall) =>
    call.operation === 'GetCallerIdentity' && call.accessKeyId === OPERATOR ? BASE : granted(call);

  it('is asked once for all accounts, with its own credentials', async () => {
    server.answer = byKey;
    const other = { ...CONFIG, accountId: '333333333333' };
    expect(await verifyWithBase(harness.account(CONFIG))).toMatchObject({ baseArn: BASE_SESSION });
    expect((await verifyWithBase(harness.account(other))).kind).toBe('wrongAccount');
    expect(await verifyWithBase(harness.account(CONFIG))).toMatchObject({ baseArn: BASE_SESSION });
    const own = server.calls.filter(
      ({ operation, accessKeyId }) => `${operation} ${accessKeyId}` === `GetCallerIdentity ${OPERATOR}`,
    );
    expect(own).toHaveLength(1);
  });

  it('is asked again where AWS did not say, and the account is reached all the same', async () => {
    server.answer = (call) =>
      call.operation === 'GetCallerIdentity' && call.accessKeyId === OPERATOR
        ? refusal('AccessDenied', 'no')
        : granted(call);
    const first = await verifyWithBase(harness.account(CONFIG));
    expect([first.kind, 'baseArn' in first]).toStrictEqual(['verified', false]);
    server.answer = byKey;
    expect(await verifyWithBase(harness.account(CONFIG))).toMatchObject({ baseArn: BASE_SESSION });
  });
});
