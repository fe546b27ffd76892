/**
 * Each call that the operator makes, held against AWS's published service model: the request has what it must and nothing
 * else, the answer is read in the model's own form, every error of the model is sorted on purpose, and lists are read to
 * their end. A call that is new in the sources fails here until it is made below.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LiveAccount } from '../../../src/aws/live-account.ts';
import type { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { readRunningExecutions } from '../../../src/aws/reads/definitions-in-use.ts';
import { ERROR_ROWS } from '../../../src/aws/errors/error-rows.ts';
import { EventQueues } from '../../../src/aws/events/event-queue.ts';
import { verifyIdentity } from '../../../src/aws/calls/identity.ts';
import { readManagedPolicy } from '../../../src/aws/reads/managed-policy.ts';
import { readRole } from '../../../src/aws/reads/role.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { Action } from '../../../src/plan/action.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { about } from '../../expectations.ts';
import { startFakeAws, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { ALL_OF_AN_ACCOUNT, callOptions, makeHarness, type Harness } from './harness.ts';
import { fromQuery, loadModels, problems, sample, toXml, type Form, type Models } from './service-model.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/audit`;
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:checkout`;
const EXECUTION = `arn:aws:states:us-east-1:${ACCOUNT}:execution:checkout:1`;
const QUEUE = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/changes`;
const TRUST = parsePolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}',
);
const DOCUMENT = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}');

const ofRole = { leg: 'targetRole', object: ROLE, reason: 'a test', changes: [] } as const;
const TAGS = new Map([['team', 'payments & more']]);
/** Every write, with everything that it can carry. */
const WRITES: readonly Action[] = [
  {
    ...ofRole,
    operation: 'CreateRole',
    trust: TRUST,
    tags: TAGS,
    description: 'x',
    permissionsBoundaryArn: POLICY,
  },
  { ...ofRole, operation: 'UpdateAssumeRolePolicy', trust: TRUST },
  { ...ofRole, operation: 'UpdateRoleDescription', description: 'x' },
  { ...ofRole, operation: 'PutRolePolicy', policyName: 'p', document: TRUST },
  { ...ofRole, operation: 'DeleteRolePolicy', policyName: 'p' },
  { ...ofRole, operation: 'AttachRolePolicy', policyArn: POLICY },
  { ...ofRole, operation: 'DetachRolePolicy', policyArn: POLICY },
  { ...ofRole, operation: 'PutRolePermissionsBoundary', boundaryArn: POLICY },
  { ...ofRole, operation: 'DeleteRolePermissionsBoundary' },
  { ...ofRole, operation: 'TagRole', tags: TAGS },
  { ...ofRole, operation: 'UntagRole', keys: ['team'] },
  { ...ofRole, operation: 'RemoveRoleFromInstanceProfile', instanceProfile: 'i' },
  { ...ofRole, operation: 'DeleteRole' },
  { ...ofRole, object: MACHINE, operation: 'UpdateStateMachine', definition: '{}', publishVersion: true },
];

/** What the model's samples cannot know. Paging members are set for each call. */
const KNOWN = {
  Arn: ROLE,
  RoleName: 'checkout',
  PolicyArn: POLICY,
  Account: ACCOUNT,
  AssumeRolePolicyDocument: DOCUMENT,
  PolicyDocument: DOCUMENT,
  Document: DOCUMENT,
  DefaultVersionId: 'v1',
  VersionId: 'v1',
  AccessKeyId: 'ASIAEXAMPLE',
  Expiration: '2099-01-01T00:00:00Z',
  stateMachineArn: MACHINE,
  stateMachineVersionArn: `${MACHINE}:1`,
  stateMachineAliasArn: `${MACHINE}:live`,
  executionArn: EXECUTION,
  roleArn: ROLE,
  definition: '{}',
  status: 'ACTIVE',
  type: 'STANDARD',
  revisionId: 'r',
  MD5OfBody: '9dd4e461268c8034f5c8564e155c67a6',
};
/** JSON has dates as seconds. */
const DATES = {
  creationDate: 1_767_225_600,
  startDate: 1_767_225_600,
  updateDate: 1_767_225_600,
  stopDate: undefined,
  redriveDate: undefined,
  timestamp: 1_767_225_600,
};

interface Seen {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly call: FakeCall;
}

let aws: FakeAws;
let harness: Harness;
let models: Models;
const seen: Seen[] = [];
const SERVICES: Readonly<Record<string, string>> = { iam: 'iam', sts: 'sts', states: 'states', sqs: 'sqs' };

let form: Form = 'full';

/** Answers in the model's own form; the first page of every list says that there is another. */
function answer(call: FakeCall): FakeAnswer {
  const service = SERVICES[call.signingService] ?? '';
  const isQuery = service === 'iam' || service === 'sts';
  const input = isQuery ? fromQuery(call.parameters) : JSON.parse(call.body);
  seen.push({ service, operation: call.operation, input, call });
  const model = models.model(service);
  const paginator = models.paginator(service, call.operation);
  const isFirst = paginator !== undefined && !Object.hasOwn(input, paginator.input_token);
  const page = isFirst ? 'first' : 'second';
  const paging = {
    IsTruncated: isFirst,
    ...(paginator !== undefined && { [paginator.output_token]: isFirst ? 'next page' : undefined }),
  };
  const known = {
    ...KNOWN,
    ...(isQuery ? {} : DATES),
    InstanceProfileName: page,
    ...(call.operation === 'ListExecutions' && { executionArn: `${EXECUTION}-${page}` }),
    ...(call.operation === 'ListAttachedRolePolicies' && { PolicyArn: `${POLICY}-${page}` }),
    ...(call.operation === 'ListStateMachineAliases' && { stateMachineAliasArn: `${MACHINE}:${page}` }),
  };
  const name = model.operations[call.operation]?.output?.shape;
  const body = name === undefined ? {} : sample(model, name, known, paging, form);
  return isQuery ? { kind: 'xml', result: toXml(body) } : { kind: 'json', body };
}

async function makeEveryCall(): Promise<void> {
  const role = `arn:aws:iam::${ACCOUNT}:role/crossaccountlink-operator`;
  const config = {
    accountId: ACCOUNT,
    partition: 'aws',
    region: 'us-east-1',
    assumeRole: { arn: role, externalId: 'mine' },
  };
  const calls = harness.account(config);
  await verifyIdentity(calls);
  await readRole(calls, callOptions, ROLE);
  await readManagedPolicy(calls, callOptions, POLICY, new Map());
  const account = liveAccount(calls);
  await account.role(`${ROLE}-2`, callOptions, { kind: 'snapshot', maxAgeMs: 1_000 });
  for (const write of WRITES) await account.apply(write, callOptions, []);
  await account.stateMachine(MACHINE, callOptions);
  await account.aliasedVersions(MACHINE, callOptions);
  await readRunningExecutions(calls, callOptions, MACHINE);
  await account.execution(EXECUTION, callOptions);
  await account.recentExecutions(MACHINE, callOptions);
  await pollOnce(calls);
}

function liveAccount(calls: AccountCalls): LiveAccount {
  return new LiveAccount({
    calls,
    clock: systemClock,
    audit: () => undefined,
    interest: ALL_OF_AN_ACCOUNT,
  });
}

async function pollOnce(calls: AccountCalls): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const queues = new EventQueues(
    {
      isLeader: () => !seen.some(({ operation }) => operation === 'DeleteMessage'),
      isOwn: () => false,
      onChange: () => undefined,
      onExecution: () => undefined,
      onJunk: () => resolve(),
      onRead: () => undefined,
      onProblem: (_, failure) => reject(failure),
    },
    systemClock,
  );
  queues.setQueues(new Map([[QUEUE, calls]]));
  await promise;
  while (!seen.some(({ operation }) => operation === 'DeleteMessage')) await new Promise(setImmediate);
  await queues.close();
}

/** The texts of everything that may call AWS. */
function sources(): readonly string[] {
  const folder = fileURLToPath(new URL('../../../src/', import.meta.url));
  return globSync(`${folder}**/*.ts`).map((path) => readFileSync(path, 'utf8'));
}

/** The operations that they name. */
function operationsIn(texts: readonly string[]): ReadonlySet<string> {
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name)),
  );
}

/** Every operation that the operator calls. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  iam: [
    'AttachRolePolicy',
    'CreateRole',
    'DeleteRole',
    'DeleteRolePermissionsBoundary',
    'DeleteRolePolicy',
    'DetachRolePolicy',
    'GetAccountAuthorizationDetails',
    'GetPolicy',
    'GetPolicyVersion',
    'GetRole',
    'GetRolePolicy',
    'ListAttachedRolePolicies',
    'ListInstanceProfilesForRole',
    'ListRolePolicies',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'RemoveRoleFromInstanceProfile',
    'TagRole',
    'UntagRole',
    'UpdateAssumeRolePolicy',
    'UpdateRoleDescription',
  ],
  sts: ['AssumeRole', 'GetCallerIdentity'],
  states: [
    'DescribeExecution',
    'DescribeStateMachine',
    'DescribeStateMachineAlias',
    'DescribeStateMachineForExecution',
    'GetExecutionHistory',
    'ListExecutions',
    'ListStateMachineAliases',
    'UpdateStateMachine',
  ],
  sqs: ['DeleteMessage', 'ReceiveMessage'],
};
/** Those of them that answer page by page. */
const LISTS = [
  'GetAccountAuthorizationDetails',
  'GetExecutionHistory',
  'ListAttachedRolePolicies',
  'ListExecutions',
  'ListInstanceProfilesForRole',
  'ListRolePolicies',
  'ListStateMachineAliases',
];
const NAMED = Object.entries(OPERATIONS).flatMap(([service, names]) =>
  names.map((operation) => ({ service, operation })),
);

describe('what goes over the wire', () => {
  beforeAll(async () => {
    models = await loadModels();
    aws = await startFakeAws();
    aws.answer = answer;
    harness = makeHarness(aws.url);
    await makeEveryCall();
  }, 100_000);
  afterAll(async () => {
    harness.close();
    await aws.close();
  });

  it('is every operation that the sources name, and no other', () => {
    expect(new Set(seen.map(({ operation }) => operation))).toStrictEqual(operationsIn(sources()));
    expect(operationsIn(sources())).toStrictEqual(new Set(NAMED.map(({ operation }) => operation)));
  });

  it('is missed for an operation that is new in the sources', () => {
    const known = new Set(NAMED.map(({ operation }) => operation));
    const more = operationsIn([...sources(), 'await iam.send(new ListRoleTagsCommand({ RoleName }))']);
    expect([...more].filter((operation) => !known.has(operation))).toStrictEqual(['ListRoleTags']);
  });

  it.each(NAMED)(
    '$service:$operation has every required member, no unknown one, and values of the shapes',
    ({ service, operation }) => {
      const model = models.model(service);
      const shape = model.operations[operation]?.input?.shape ?? '';
      const inputs = seen.filter((one) => one.operation === operation).map(({ input }) => input);
      expect(inputs.length).toBeGreaterThan(0);
      expect(inputs.flatMap((input) => problems(model, shape, input))).toStrictEqual([]);
    },
  );

  it('is a POST to the path, in the version and under the name of the model', () => {
    for (const { service, operation, call } of seen) {
      const { metadata, operations } = models.model(service);
      const http = operations[operation]?.http;
      about(operation, () => {
        // The path as it was sent: these protocols have no query string.
        expect([call.method, call.path]).toStrictEqual([http?.method, http?.requestUri]);
        if (metadata.targetPrefix === undefined) {
          expect(call.parameters.get('Version')).toBe(metadata.apiVersion);
          expect(call.headers['content-type']).toBe('application/x-www-form-urlencoded');
        } else {
          expect(call.headers['x-amz-target']).toBe(`${metadata.targetPrefix}.${operation}`);
        }
        expect(call.headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/);
      });
    }
  });

  it('ends every list: the second page is asked for by the token of the first', () => {
    const paged = new Set<string>();
    for (const { service, operation, input } of seen) {
      const paginator = models.paginator(service, operation);
      if (paginator === undefined) continue;
      const token: unknown = Reflect.get(input, paginator.input_token);
      if (token !== undefined) about(operation, () => expect(token).toBe('next page'));
      if (token !== undefined) paged.add(operation);
    }
    const pageable = seen.filter(
      ({ service, operation }) => models.paginator(service, operation) !== undefined,
    );
    expect(paged).toStrictEqual(new Set(pageable.map(({ operation }) => operation)));
    expect([...paged].toSorted()).toStrictEqual(LISTS);
  });

  it('has no error in the models that is not sorted on purpose', () => {
    const sorted = new Set(ERROR_ROWS.flatMap(({ codes }) => codes));
    const strangers = new Set<string>();
    for (const { service, operation } of seen) {
      const { operations, shapes } = models.model(service);
      for (const { shape } of operations[operation]?.errors ?? []) {
        const code = (shapes[shape]?.error?.code ?? shape).replace(/Exception$/, '');
        if (!sorted.has(code)) strangers.add(`${operation}: ${code}`);
      }
    }
    expect([...strangers]).toStrictEqual([]);
  });

  describe('what is made of an answer', () => {
    let results: Readonly<Record<string, unknown>>;

    async function read(of: Form): Promise<void> {
      form = of;
      const config = { accountId: ACCOUNT, partition: 'aws', region: 'us-east-1' };
      const calls = harness.account(config);
      const account = liveAccount(calls);
      results = {
        role: await readRole(calls, callOptions, ROLE),
        listed: await account.role(ROLE, callOptions, { kind: 'snapshot', maxAgeMs: 1_000 }),
        policy: await readManagedPolicy(calls, callOptions, POLICY, new Map()).catch(
          (error: unknown) => error,
        ),
        machine: await account.stateMachine(MACHINE, callOptions),
        aliased: await account.aliasedVersions(MACHINE, callOptions),
        running: await readRunningExecutions(calls, callOptions, MACHINE),
        execution: await account.execution(EXECUTION, callOptions),
        recent: await account.recentExecutions(MACHINE, callOptions),
      };
    }
    afterAll(() => {
      form = 'full';
    });

    const EMPTY = { kind: 'parsed', document: { version: '2012-10-17', statements: [] } };
    const STARTED = 1_767_225_600_000;
    const HELD = { definition: '{}', executionRoleArn: ROLE };
    const MADE = { ...HELD, arn: MACHINE, type: 'STANDARD', creationDate: '2026-01-01T00:00:00.000Z' };
    const RUN = { arn: EXECUTION, stateMachineArn: MACHINE, startedAt: STARTED, ended: true, steps: [] };
    const WHOLE_ROLE = {
      arn: ROLE,
      roleId: 'x',
      trust: EMPTY,
      inlinePolicies: new Map([['x', EMPTY]]),
      permissionsBoundaryArn: 'x',
      tags: new Map([['x', 'x']]),
    };

    it.each(['full', 'extended'] as const)(
      'that is %s: every member that is needed, of every page, and no other',
      async (of) => {
        await read(of);
        expect(results).toStrictEqual({
          role: {
            kind: 'found',
            role: {
              ...WHOLE_ROLE,
              managedPolicyArns: [`${POLICY}-first`, `${POLICY}-second`],
              instanceProfiles: ['first', 'second'],
              description: 'x',
            },
          },
          listed: {
            kind: 'found',
            role: { ...WHOLE_ROLE, managedPolicyArns: [POLICY], instanceProfiles: ['second'] },
            fresh: false,
          },
          policy: { kind: 'found', policy: { arn: POLICY, versionId: 'v1', document: EMPTY } },
          machine: { kind: 'found', machine: { ...MADE, revisionId: 'r' } },
          aliased: [
            {
              ...HELD,
              versionArn: `${MACHINE}:1`,
              aliasArns: [`${MACHINE}:first`, `${MACHINE}:second`],
            },
          ],
          running: {
            revisions: [{ ...HELD, executions: 2, oldestStart: '2026-01-01T00:00:00.000Z' }],
            complete: true,
          },
          execution: RUN,
          recent: [{ arn: `${EXECUTION}-first`, startedAt: STARTED, ended: true }],
        });
      },
    );

    it.each(['sparse', 'bare'] as const)(
      'that is %s: lists that are not reported are empty; a text that is not reported is not known',
      async (of) => {
        await read(of);
        expect(results).toStrictEqual({
          role: {
            kind: 'found',
            role: {
              arn: ROLE,
              roleId: 'x',
              trust: { kind: 'unreadable', text: '', problem: expect.any(String) },
              inlinePolicies: new Map(),
              managedPolicyArns: [],
              tags: new Map(),
              instanceProfiles: [],
              description: '',
            },
          },
          listed: { kind: 'absent', fresh: false },
          policy: expect.objectContaining({ kind: 'retryable' }),
          machine: { kind: 'found', machine: { ...MADE, revisionId: 'INITIAL' } },
          aliased: [],
          running: { revisions: [], complete: true },
          execution: RUN,
          recent: [],
        });
      },
    );
  });
});
