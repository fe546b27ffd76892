/** Which calls are made again in place when AWS fails them once, by operation: real clients, over sockets, against a server
 *  that throttles, fails, hangs up before it acts, and hangs up after it has acted. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applyAction } from '../../../src/aws/writes/apply.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { readManagedPolicy } from '../../../src/aws/reads/managed-policy.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import { readStateMachine } from '../../../src/aws/reads/state-machine.ts';
import type { Action } from '../../../src/plan/action.ts';
import { printPolicy } from '../../../src/policy/print.ts';
import { identityAnswer, sessionAnswer, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { callOptions, failureOf, type Harness, startFakeAccount, type FakeAccount } from './harness.ts';
import { atMost } from '../../../testbed/eventually.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
const OWNER = new Map([['crossaccountlink.dev/cluster-id', 'prod']]);
const DOCUMENT = { version: '2012-10-17', statements: [] } as const;
const TRUST = printPolicy(DOCUMENT);
const ROOT_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '999999999999' } },
});

/** What goes wrong with the first call of an operation. `lost` takes effect all the same. */
const FAULTS: Readonly<Record<string, FakeAnswer>> = {
  throttled: { kind: 'error', status: 400, code: 'Throttling' },
  'failed with 500': { kind: 'error', status: 500, code: 'InternalFailure' },
  'failed with 503 by a load balancer': { kind: 'error', status: 503, code: 'Unknown' },
  'cut off': { kind: 'cut' },
  lost: { kind: 'cut' },
};

let aws: FakeAws;
let harness: Harness;
let account: FakeAccount;
let calls: AccountCalls;
/** The state of AWS. */
let role: { readonly id: string; readonly owner: string; readonly trust?: string } | undefined;
let machine: { readonly definition: string; readonly revision: string };

beforeAll(async () => {
  account = await startFakeAccount(ACCOUNT);
  ({ aws, harness } = account);
});
afterAll(() => account.stop());

beforeEach(() => {
  role = { id: 'AROA1', owner: 'prod' };
  machine = { definition: '{"before":1}', revision: 'r1' };
  calls = account.again();
  aws.answer = obey;
});

/** AWS as it should be. */
function obey(call: FakeCall): FakeAnswer {
  switch (call.operation) {
    case 'CreateRole':
      if (role !== undefined) return { kind: 'error', status: 409, code: 'EntityAlreadyExists' };
      role = { id: 'AROA2', owner: 'prod' };
      return roleAnswer();
    case 'GetRole':
      return roleAnswer();
    case 'DeleteRole':
      if (role === undefined) return { kind: 'error', status: 404, code: 'NoSuchEntity' };
      role = undefined;
      return { kind: 'xml', result: '' };
    case 'DescribeStateMachine': {
      const { definition, revision: revisionId } = machine;
      return { kind: 'json', body: { definition, revisionId, roleArn: ROLE, type: 'STANDARD' } };
    }
    case 'UpdateStateMachine':
      machine = {
        definition: String(Object(JSON.parse(call.body)).definition),
        revision: `${machine.revision}+`,
      };
      return { kind: 'json', body: { revisionId: machine.revision } };
    case 'ListRolePolicies':
      return { kind: 'xml', result: '<PolicyNames><member>grant</member></PolicyNames>' };
    case 'GetRolePolicy':
      return { kind: 'xml', result: '<PolicyDocument>{}</PolicyDocument>' };
    case 'GetPolicyVersion':
      return { kind: 'xml', result: '<PolicyVersion><Document>{}</Document></PolicyVersion>' };
    case 'GetPolicy':
      return {
        kind: 'xml',
        result: `<Policy><Arn>${POLICY}</Arn><PolicyId>P</PolicyId><DefaultVersionId>v1</DefaultVersionId></Policy>`,
      };
    case 'GetCallerIdentity':
      return identityAnswer(ACCOUNT);
    case 'AssumeRole':
      return sessionAnswer('SESSION');
    default:
      return { kind: 'xml', result: '' };
  }
}

function roleAnswer(): FakeAnswer {
  if (role === undefined) return { kind: 'error', status: 404, code: 'NoSuchEntity' };
  return {
    kind: 'xml',
    result:
      `<Role><Arn>${ROLE}</Arn><RoleId>${role.id}</RoleId><AssumeRolePolicyDocument>` +
      `${encodeURIComponent(role.trust ?? TRUST)}</AssumeRolePolicyDocument><Tags><member>` +
      `<Key>crossaccountlink.dev/cluster-id</Key><Value>${role.owner}</Value></member></Tags></Role>`,
  };
}

/** The first calls of an operation, this many, go wrong. */
function failing(operation: string, how: string, times = 1): void {
  let left = times;
  aws.answer = (call) => {
    if (call.operation !== operation || left === 0) return obey(call);
    left -= 1;
    if (how === 'lost') obey(call);
    return FAULTS[how] ?? obey(call);
  };
}

const sent = (operation: string) => aws.calls.filter((call) => call.operation === operation).length;

function apply(action: Action, roleId?: string) {
  const audit = { audit: (line: Harness['audits'][number]) => void harness.audits.push(line) };
  return applyAction(calls, action, { callOptions, links: [], ...audit, roleId });
}

const about = { leg: 'targetRole', object: ROLE, reason: 'a test', changes: [] } as const;
const CREATE: Action = { ...about, operation: 'CreateRole', trust: DOCUMENT, tags: OWNER };
const DELETE: Action = { ...about, operation: 'DeleteRole' };
const UPDATE: Action = {
  ...about,
  object: MACHINE,
  operation: 'UpdateStateMachine',
  definition: '{"after":1}',
  publishVersion: false,
  plannedFromRevision: 'r1',
};

/** Writes that leave the object the same however often they are made. */
const IDEMPOTENT: readonly Action[] = [
  { ...about, operation: 'UpdateAssumeRolePolicy', trust: DOCUMENT },
  { ...about, operation: 'UpdateRoleDescription', description: 'x' },
  { ...about, operation: 'PutRolePolicy', policyName: 'p', document: DOCUMENT },
  { ...about, operation: 'DeleteRolePolicy', policyName: 'p' },
  { ...about, operation: 'AttachRolePolicy', policyArn: POLICY },
  { ...about, operation: 'DetachRolePolicy', policyArn: POLICY },
  { ...about, operation: 'PutRolePermissionsBoundary', boundaryArn: POLICY },
  { ...about, operation: 'DeleteRolePermissionsBoundary' },
  { ...about, operation: 'TagRole', tags: OWNER },
  { ...about, operation: 'UntagRole', keys: ['team'] },
  { ...about, operation: 'RemoveRoleFromInstanceProfile', instanceProfile: 'x' },
];

const READS: Readonly<Record<string, () => Promise<unknown>>> = {
  GetRole: () => readRole(calls, callOptions, ROLE),
  ListRolePolicies: () => readRole(calls, callOptions, ROLE),
  GetRolePolicy: () => readRole(calls, callOptions, ROLE),
  ListAttachedRolePolicies: () => readRole(calls, callOptions, ROLE),
  ListInstanceProfilesForRole: () => readRole(calls, callOptions, ROLE),
  DescribeStateMachine: () => readStateMachine(calls, callOptions, MACHINE),
  GetPolicy: () => readManagedPolicy(calls, callOptions, POLICY, new Map()),
  GetPolicyVersion: () => readManagedPolicy(calls, callOptions, POLICY, new Map()),
  GetCallerIdentity: () => verifyIdentity(calls),
};

for (const how of Object.keys(FAULTS)) {
  describe(`once ${how}`, () => {
    for (const [operation, read] of Object.entries(READS)) {
      it(`${operation} is made again, and what is read is whole`, async () => {
        await read();
        const whole = sent(operation);
        aws.calls.length = 0;
        failing(operation, how);
        expect(await read()).toMatchObject({ kind: expect.stringMatching(/^(found|verified)$/) });
        expect(sent(operation)).toBe(whole + 1);
      });
    }

    it('AssumeRole is made again, and the call that needs the session goes on', async () => {
      const arn = `arn:aws:iam::${ACCOUNT}:role/operator-${how.replaceAll(/\W/g, '')}`;
      calls = harness.account({ accountId: ACCOUNT, partition: 'aws', assumeRole: { arn } });
      failing('AssumeRole', how);
      expect((await verifyIdentity(calls)).kind).toBe('verified');
      expect(sent('AssumeRole')).toBe(2);
    });

    for (const action of IDEMPOTENT) {
      it(`${action.operation} is made again, and audited once`, async () => {
        failing(action.operation, how);
        await apply(action);
        expect(sent(action.operation)).toBe(2);
        expect(harness.audits.map(({ outcome }) => outcome)).toStrictEqual(['done']);
      });
    }

    it('CreateRole makes one role, whose RoleId is known', async () => {
      role = undefined;
      failing('CreateRole', how);
      expect(await apply(CREATE)).toStrictEqual({ roleId: 'AROA2' });
      expect(sent('CreateRole')).toBe(how === 'lost' ? 1 : 2);
      expect(harness.audits.map(({ outcome }) => outcome)).toStrictEqual(['done']);
    });

    it('DeleteRole deletes the role that was meant', async () => {
      failing('DeleteRole', how);
      await apply(DELETE, 'AROA1');
      expect(role).toBeUndefined();
      expect(sent('DeleteRole')).toBe(how === 'lost' ? 1 : 2);
    });

    it('UpdateStateMachine writes one revision, which is known', async () => {
      failing('UpdateStateMachine', how);
      expect(await apply(UPDATE)).toStrictEqual({ revisionId: 'r1+' });
      expect(machine).toStrictEqual({ definition: '{"after":1}', revision: 'r1+' });
      expect(sent('UpdateStateMachine')).toBe(how === 'lost' ? 1 : 2);
    });
  });
}

/** The answer is cut off, and somebody acts before the operator looks. */
function meanwhile(operation: string, act: () => void): void {
  aws.answer = (call) => {
    if (call.operation !== operation) return obey(call);
    act();
    return { kind: 'cut' };
  };
}

describe('what somebody else did meanwhile is not overwritten', () => {
  it.each([
    ['with other tags', { id: 'AROA9', owner: 'somebody' }],
    ['with the own tags and another trust policy', { id: 'AROA9', owner: 'prod', trust: ROOT_TRUST }],
  ])('a role that another one made under the name, %s, is not taken for the own', async (_what, made) => {
    role = undefined;
    meanwhile('CreateRole', () => {
      role = made;
    });
    const failure = await failureOf(apply(CREATE));
    expect(failure.outcomeUnknown).toBe(true);
    expect(sent('CreateRole')).toBe(1);
  });

  it('a role that was made again under the name is not deleted', async () => {
    meanwhile('DeleteRole', () => {
      role = { id: 'AROA9', owner: 'prod' };
    });
    expect((await failureOf(apply(DELETE, 'AROA1'))).outcomeUnknown).toBe(true);
    expect(role).toStrictEqual({ id: 'AROA9', owner: 'prod' });
    expect(sent('DeleteRole')).toBe(1);
  });

  for (const how of ['throttled', 'cut off']) {
    it(`a definition that its developer changed stays, after an update that was ${how}`, async () => {
      aws.answer = (call) => {
        if (call.operation !== 'UpdateStateMachine') return obey(call);
        machine = { definition: '{"developer":1}', revision: 'r2' };
        return FAULTS[how] ?? obey(call);
      };
      await failureOf(apply(UPDATE));
      expect(machine.definition).toBe('{"developer":1}');
      expect(sent('UpdateStateMachine')).toBe(1);
    });
  }
});

describe('what goes on failing', () => {
  it('is given up after five attempts, within seconds', async () => {
    failing('GetRole', 'failed with 500', Infinity);
    const began = performance.now();
    expect((await failureOf(readRole(calls, callOptions, ROLE))).kind).toBe('retryable');
    expect(sent('GetRole')).toBe(5);
    expect(performance.now() - began).toBeLessThan(atMost(4_000));
  });

  it('is not known to be undone when one attempt of several was lost', async () => {
    const answers = [FAULTS['lost'], ...Array.from({ length: 9 }, () => FAULTS['throttled'])];
    aws.answer = () => answers.shift() ?? { kind: 'cut' };
    const failure = await failureOf(apply({ ...about, operation: 'DeleteRolePolicy', policyName: 'p' }));
    expect(failure.outcomeUnknown).toBe(true);
  });

  it.each(['AccessDenied', 'ValidationError', 'ConcurrentModification', 'LimitExceeded'])(
    'is not made again after %s',
    async (code) => {
      aws.answer = () => ({ kind: 'error', status: 400, code });
      await failureOf(apply({ ...about, operation: 'TagRole', tags: OWNER }));
      expect(aws.calls).toHaveLength(1);
    },
  );

  it('is not made again once the fence is closed', async () => {
    aws.answer = () => {
      harness.mayWrite = false;
      return { kind: 'error', status: 500, code: 'InternalFailure' };
    };
    await failureOf(apply({ ...about, operation: 'TagRole', tags: OWNER }));
    expect(aws.calls).toHaveLength(1);
  });
});

const read = () => readStateMachine(calls, callOptions, MACHINE);

describe('a service that does not answer', () => {
  it('is asked by one caller at a time, and the account says so', async () => {
    aws.answer = () => ({ kind: 'cut' });
    for (let link = 0; link < 50; link += 1) await failureOf(read());
    expect(aws.calls.length).toBeLessThanOrEqual(13);
    const refused = await failureOf(read());
    expect(refused).toMatchObject({ kind: 'retryable', code: 'NotSent', outcomeUnknown: false });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
  });

  it('does not keep another one from being called', async () => {
    aws.answer = (call) => (call.operation === 'DescribeStateMachine' ? { kind: 'cut' } : obey(call));
    for (let link = 0; link < 10; link += 1) await failureOf(read());
    expect((await readRole(calls, callOptions, ROLE)).kind).toBe('found');
  });
});
