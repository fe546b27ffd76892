/**
 * Each call that the operator makes, held against AWS's published service model: the request has what it must and nothing
 * else, every error of the model is sorted on purpose, and lists are read to their end. A call that is new in the sources fails here until it is made below.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
import { until } from '../../until.ts';
import { callOptions } from './harness.ts';
import {
  ACCOUNT,
  EXECUTION,
  liveAccount,
  MACHINE,
  POLICY,
  ROLE,
  startModelledAws,
  type ModelledAws,
} from './modelled-aws.ts';
import { problems } from './service-model.ts';

const QUEUE = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/changes`;
const TRUST = parsePolicy(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}',
);

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

let aws: ModelledAws;

async function makeEveryCall(): Promise<void> {
  const role = `arn:aws:iam::${ACCOUNT}:role/crossaccountlink-operator`;
  const config = {
    accountId: ACCOUNT,
    partition: 'aws',
    region: 'us-east-1',
    assumeRole: { arn: role, externalId: 'mine' },
  };
  const calls = aws.harness.account(config);
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

async function pollOnce(calls: AccountCalls): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const queues = new EventQueues(
    {
      isLeader: () => !aws.seen.some(({ operation }) => operation === 'DeleteMessage'),
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
  await until(
    () => aws.seen.some(({ operation }) => operation === 'DeleteMessage'),
    () => aws.seen.map(({ operation }) => operation),
  );
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
    aws = await startModelledAws();
    await makeEveryCall();
  }, 100_000);
  afterAll(() => aws.close());

  it('is every operation that the sources name, and no other', () => {
    expect(new Set(aws.seen.map(({ operation }) => operation))).toStrictEqual(operationsIn(sources()));
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
      const model = aws.models.model(service);
      const shape = model.operations[operation]?.input?.shape ?? '';
      const inputs = aws.seen.filter((one) => one.operation === operation).map(({ input }) => input);
      expect(inputs.length).toBeGreaterThan(0);
      expect(inputs.flatMap((input) => problems(model, shape, input))).toStrictEqual([]);
    },
  );

  it('is a POST to the path, in the version and under the name of the model', () => {
    for (const { service, operation, call } of aws.seen) {
      const { metadata, operations } = aws.models.model(service);
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
    for (const { service, operation, input } of aws.seen) {
      const paginator = aws.models.paginator(service, operation);
      if (paginator === undefined) continue;
      const token: unknown = Reflect.get(input, paginator.input_token);
      if (token !== undefined) about(operation, () => expect(token).toBe('next page'));
      if (token !== undefined) paged.add(operation);
    }
    const pageable = aws.seen.filter(
      ({ service, operation }) => aws.models.paginator(service, operation) !== undefined,
    );
    expect(paged).toStrictEqual(new Set(pageable.map(({ operation }) => operation)));
    expect([...paged].toSorted()).toStrictEqual(LISTS);
  });

  it('has no error in the models that is not sorted on purpose', () => {
    const sorted = new Set(ERROR_ROWS.flatMap(({ codes }) => codes));
    const strangers = new Set<string>();
    for (const { service, operation } of aws.seen) {
      const { operations, shapes } = aws.models.model(service);
      for (const { shape } of operations[operation]?.errors ?? []) {
        const code = (shapes[shape]?.error?.code ?? shape).replace(/Exception$/, '');
        if (!sorted.has(code)) strangers.add(`${operation}: ${code}`);
      }
    }
    expect([...strangers]).toStrictEqual([]);
  });
});
