/**
 * Each call that the operator makes, held against AWS's published service model: the request has what it must and nothing
 * else, the answer is read in the model's own form, every error of the model is sorted on purpose, and lists are read to
 * their end. A call that is new in the sources fails here until it is made below.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AwsAccount } from '../../../src/aws/account.ts';
import type { AccountCalls } from '../../../src/aws/calls.ts';
import { readRunningExecutions } from '../../../src/aws/definitions-in-use.ts';
import { ERROR_ROWS } from '../../../src/aws/error-rows.ts';
import { EventQueues } from '../../../src/aws/event-queue.ts';
import { verifyIdentity } from '../../../src/aws/identity.ts';
import { readManagedPolicy, readRole } from '../../../src/aws/reads.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { Action } from '../../../src/plan/action.ts';
import { parsePolicy } from '../../../src/policy/parse.ts';
import { about } from '../../expectations.ts';
import { startFakeAws, type FakeAnswer, type FakeAws, type FakeCall } from './fake-aws.ts';
import { callOptions, makeHarness, type Harness } from './harness.ts';
import { fromQuery, loadModels, problems, sample, toXml, type Models } from './service-model.ts';

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

/** Answers in the model's own form; the first page of every list says that there is another. */
function answer(call: FakeCall): FakeAnswer {
  const service = SERVICES[call.signingService] ?? '';
  const isQuery = service === 'iam' || service === 'sts';
  const input = isQuery ? fromQuery(call.parameters) : JSON.parse(call.body);
  seen.push({ service, operation: call.operation, input, call });
  const model = models.model(service);
  const paginator = models.paginators(service)[call.operation];
  const isFirst = paginator !== undefined && !Object.hasOwn(input, paginator.input_token);
  const paging = {
    IsTruncated: isFirst,
    ...(paginator !== undefined && { [paginator.output_token]: isFirst ? 'next page' : undefined }),
  };
  const name = model.operations[call.operation]?.output?.shape;
  const body =
    name === undefined ? {} : sample(model, name, { ...KNOWN, ...(isQuery ? {} : DATES), ...paging });
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
  const interest = { keepsRole: () => true, keepsPolicy: () => true, policies: () => true };
  const account = new AwsAccount({ calls, clock: systemClock, audit: () => undefined, interest });
  await account.role(`${ROLE}-2`, callOptions, { kind: 'snapshot', maxAgeMs: 1_000 });
  for (const write of WRITES) await account.apply(write, callOptions, []);
  await account.stateMachine(MACHINE, callOptions);
  await account.aliasedVersions(MACHINE, callOptions);
  await readRunningExecutions(calls, callOptions, MACHINE);
  await account.execution(EXECUTION, callOptions);
  await account.recentExecutions(MACHINE, callOptions);
  await pollOnce(calls);
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
      onProblem: (_, failure) => reject(failure),
    },
    systemClock,
  );
  queues.setQueues(new Map([[QUEUE, calls]]));
  await promise;
  while (!seen.some(({ operation }) => operation === 'DeleteMessage')) await new Promise(setImmediate);
  await queues.close();
}

/** The operations that the sources name. */
function operationsInSources(): ReadonlySet<string> {
  const folder = fileURLToPath(new URL('../../../src/aws/', import.meta.url));
  const texts = globSync(`${folder}*.ts`).map((path) => readFileSync(path, 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name)),
  );
}

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

  it('was seen for every operation that the sources name', () => {
    expect(operationsInSources().size).toBeGreaterThan(25);
    expect(new Set(seen.map(({ operation }) => operation))).toStrictEqual(operationsInSources());
  });

  it('has every required member, no unknown one, and values of the shapes', () => {
    for (const { service, operation, input } of seen) {
      const model = models.model(service);
      const shape = model.operations[operation]?.input?.shape ?? '';
      about(operation, () => expect(problems(model, shape, input)).toStrictEqual([]));
    }
  });

  it('is a POST to the path, in the version and under the name of the model', () => {
    for (const { service, operation, call } of seen) {
      const { metadata, operations } = models.model(service);
      const http = operations[operation]?.http;
      about(operation, () => {
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
      const paginator = models.paginators(service)[operation];
      if (paginator === undefined) continue;
      const token: unknown = Reflect.get(input, paginator.input_token);
      if (token !== undefined) about(operation, () => expect(token).toBe('next page'));
      if (token !== undefined) paged.add(operation);
    }
    const pageable = seen.filter(({ service, operation }) => operation in models.paginators(service));
    expect(paged).toStrictEqual(new Set(pageable.map(({ operation }) => operation)));
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
});
