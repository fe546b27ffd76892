/** The ground the other end-to-end tests stand on: what the emulator and the control plane really enforce. */
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { assumeRole, awsClients, type AwsClients } from '../../testbed/aws-clients.ts';
import { startEmulator, type Emulator } from '../../testbed/aws-emulator.ts';
import { ignoreCaseOfRoleNames, limitPolicySizes } from '../../testbed/proxy/aws-truths/limits.ts';
import { orphanPrincipals, refuseUnknownPrincipals } from '../../testbed/proxy/aws-truths/principals.ts';
import { startAwsProxy, type AwsProxy } from '../../testbed/proxy/aws.ts';
import { startKubernetesProxy } from '../../testbed/proxy/kubernetes.ts';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';

const SOURCE = '111111111111';
const TARGET = '222222222222';
const MACHINE = `arn:aws:states:us-east-1:${SOURCE}:stateMachine:checkout`;
const EXECUTION_ROLE = `arn:aws:iam::${SOURCE}:role/checkout-execution`;
const TARGET_ROLE = `arn:aws:iam::${TARGET}:role/crossaccountlink/checkout`;

function allow(action: string, resource: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
}

function trust(principal: string, externalId?: string): string {
  const condition =
    externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: principal }, ...condition }],
  });
}

function createRole({ iam }: AwsClients, RoleName: string, principal = `arn:aws:iam::${SOURCE}:root`) {
  return iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(principal) }));
}

describe('the AWS emulator', () => {
  let emulator: Emulator;
  let execution: AwsClients;
  let queueUrl: string;

  before(async () => {
    emulator = await startEmulator();
    const source = awsClients(emulator.url, SOURCE);
    const target = awsClients(emulator.url, TARGET);
    await createRole(source, 'checkout-execution');
    await source.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'checkout-execution',
        PolicyName: 'grant',
        PolicyDocument: allow('sts:AssumeRole', TARGET_ROLE),
      }),
    );
    await target.iam.send(
      new CreateRoleCommand({
        RoleName: 'checkout',
        Path: '/crossaccountlink/',
        AssumeRolePolicyDocument: trust(EXECUTION_ROLE, MACHINE),
      }),
    );
    await target.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'checkout',
        PolicyName: 'permissions',
        PolicyDocument: allow('sqs:SendMessage', `arn:aws:sqs:us-east-1:${TARGET}:orders`),
      }),
    );
    const queue = await target.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    queueUrl = queue.QueueUrl ?? '';
    execution = awsClients(emulator.url, await assumeRole(source, EXECUTION_ROLE));
  });

  after(() => emulator.stop());

  it('takes an account id for a key of that account’s root', async () => {
    const identity = await awsClients(emulator.url, TARGET).sts.send(new GetCallerIdentityCommand());
    assert.equal(identity.Arn, `arn:aws:iam::${TARGET}:root`);
  });

  it('gives the execution role a session of the target role for the right external id', async () => {
    const session = await assumeRole(execution, TARGET_ROLE, MACHINE);
    const identity = await awsClients(emulator.url, session).sts.send(new GetCallerIdentityCommand());
    assert.equal(identity.Account, TARGET);
  });

  for (const [how, externalId] of [
    ['without an external id', undefined],
    ['with another external id', `${MACHINE}-2`],
  ] as const) {
    it(`refuses the target role ${how}`, async () => {
      await assert.rejects(assumeRole(execution, TARGET_ROLE, externalId), { name: 'AccessDenied' });
    });
  }

  it('refuses the target role to a role that its trust policy does not name', async () => {
    const source = awsClients(emulator.url, SOURCE);
    await createRole(source, 'stranger');
    await source.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'stranger',
        PolicyName: 'grant',
        PolicyDocument: allow('sts:AssumeRole', '*'),
      }),
    );
    const stranger = await assumeRole(source, `arn:aws:iam::${SOURCE}:role/stranger`);
    await assert.rejects(assumeRole(awsClients(emulator.url, stranger), TARGET_ROLE, MACHINE), {
      name: 'AccessDenied',
    });
  });

  it('allows the session what the role’s policy allows, and nothing else', async () => {
    const session = awsClients(emulator.url, await assumeRole(execution, TARGET_ROLE, MACHINE));
    await session.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'order 1' }));
    await assert.rejects(session.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl })), /not authorized/i);
    await assert.rejects(
      session.dynamodb.send(
        new CreateTableCommand({
          TableName: 'orders',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      ),
      /not authorized/i,
    );
  });
});

describe('the proxy before the AWS emulator', () => {
  it('passes signed calls of every service, and knows the account of each', async (t) => {
    const emulator = await startEmulator();
    t.after(() => emulator.stop());
    const proxy = await startAwsProxy(emulator.url);
    t.after(() => proxy.stop());
    const source = awsClients(proxy.url, SOURCE);
    await createRole(source, 'r');
    await source.iam.send(
      new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: allow('sqs:*', '*') }),
    );
    const session = awsClients(proxy.url, await assumeRole(source, `arn:aws:iam::${SOURCE}:role/r`));
    const { QueueUrl } = await session.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    // The SDK sends queue calls to the queue's own URL, which has to lead through the proxy again.
    await session.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'order 1' }));
    assert.deepEqual(
      proxy.calls.all.map(
        ({ call, status }) => `${call.service}:${call.operation} ${call.accountId} ${status}`,
      ),
      [
        `iam:CreateRole ${SOURCE} 200`,
        `iam:PutRolePolicy ${SOURCE} 200`,
        `sts:AssumeRole ${SOURCE} 200`,
        `sqs:CreateQueue ${SOURCE} 200`,
        `sqs:SendMessage ${SOURCE} 200`,
      ],
    );
  });
});

describe('what the proxy knows of IAM that the emulator does not', () => {
  let emulator: Emulator;
  let proxy: AwsProxy;
  let source: AwsClients;
  let target: AwsClients;

  before(async () => {
    emulator = await startEmulator();
    proxy = await startAwsProxy(emulator.url);
    source = awsClients(proxy.url, SOURCE);
    target = awsClients(proxy.url, TARGET);
  });
  afterEach(() => proxy.rules.clear());
  after(async () => {
    await proxy.stop();
    await emulator.stop();
  });

  it('a role cannot be trusted before it exists and has settled', async () => {
    const arn = `arn:aws:iam::${SOURCE}:role/newcomer`;
    const invalid = { name: 'MalformedPolicyDocumentException', message: /Invalid principal in policy/ };
    const settled = proxy.rules.add(refuseUnknownPrincipals(emulator.url, 0));
    await assert.rejects(createRole(target, 'trusting', arn), invalid);
    await createRole(source, 'newcomer');
    await createRole(target, 'trusting', arn);
    settled.remove();
    proxy.rules.add(refuseUnknownPrincipals(emulator.url, 3_600_000));
    await assert.rejects(
      target.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: 'trusting', PolicyDocument: trust(arn) }),
      ),
      invalid,
    );
  });

  it('a role that is made again is not the one that was trusted', async () => {
    proxy.rules.add(orphanPrincipals(emulator.url, [SOURCE, TARGET]));
    const arn = `arn:aws:iam::${SOURCE}:role/phoenix`;
    const first = await createRole(source, 'phoenix');
    await createRole(target, 'trusts-phoenix', arn);
    await source.iam.send(new DeleteRoleCommand({ RoleName: 'phoenix' }));
    await createRole(source, 'phoenix');
    await source.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'phoenix',
        PolicyName: 'grant',
        PolicyDocument: allow('sts:AssumeRole', '*'),
      }),
    );
    const { Role } = await target.iam.send(new GetRoleCommand({ RoleName: 'trusts-phoenix' }));
    const shown = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    assert.equal(shown, trust(first.Role?.RoleId ?? ''));
    const phoenix = awsClients(proxy.url, await assumeRole(source, arn));
    await assert.rejects(assumeRole(phoenix, `arn:aws:iam::${TARGET}:role/trusts-phoenix`), {
      name: 'AccessDenied',
    });
  });

  it('role names differ by more than case', async () => {
    proxy.rules.add(ignoreCaseOfRoleNames(emulator.url));
    await createRole(target, 'Billing');
    await assert.rejects(createRole(target, 'billing'), { name: 'EntityAlreadyExistsException' });
  });

  it('policies have limits: one trust policy, and all inline policies of a role together', async () => {
    proxy.rules.add(limitPolicySizes(emulator.url));
    await createRole(target, 'full');
    const put = (PolicyName: string, length: number) =>
      target.iam.send(
        new PutRolePolicyCommand({
          RoleName: 'full',
          PolicyName,
          PolicyDocument: allow('sqs:SendMessage', `arn:aws:sqs:us-east-1:${TARGET}:${'q'.repeat(length)}`),
        }),
      );
    await put('first', 6_000);
    await assert.rejects(put('second', 6_000), { name: 'LimitExceededException' });
    await put('first', 9_000);
    await assert.rejects(
      createRole(target, 'long-trust', `arn:aws:iam::${SOURCE}:role/${'r'.repeat(2_000)}`),
      {
        name: 'LimitExceededException',
      },
    );
  });
});

describe('the control plane', () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane({ controllerManager: true });
  });

  after(() => plane.stop());

  it('obeys kubectl', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'greeting' },
      data: { to: 'you' },
    };
    const applied = await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(manifest) });
    assert.equal(applied.stdout, 'configmap/greeting created\n', applied.stderr);
    const read = await plane.kubectl(['get', 'configmap', 'greeting', '-o', 'jsonpath={.data.to}']);
    assert.equal(read.stdout, 'you');
  });

  it('holds a service account to its own RBAC', async () => {
    await plane.kubectl(['create', 'serviceaccount', 'operator']);
    await plane.kubectl(['create', 'role', 'reader', '--verb=get,list', '--resource=configmaps']);
    await plane.kubectl([
      'create',
      'rolebinding',
      'reader',
      '--role=reader',
      '--serviceaccount=default:operator',
    ]);
    const kubeconfig = await plane.serviceAccountKubeconfig('default', 'operator');
    const allowed = await plane.kubectl(['get', 'configmaps'], { kubeconfig });
    assert.equal(allowed.exitCode, 0, allowed.stderr);
    const refused = await plane.kubectl(['get', 'secrets'], { kubeconfig });
    assert.match(refused.stderr, /"system:serviceaccount:default:operator" cannot list resource "secrets"/);
  });

  it('is trusted and obeyed through the proxy, which counts', async (t) => {
    const proxy = await startKubernetesProxy(plane);
    t.after(() => proxy.stop());
    const kubeconfig = plane.kubeconfig({}, { server: proxy.url });
    const created = await plane.kubectl(['create', 'namespace', 'by-proxy'], { kubeconfig });
    assert.equal(created.stdout, 'namespace/by-proxy created\n', created.stderr);
    assert.equal(
      proxy.calls.count((call) => call.write && call.resource === 'namespaces'),
      1,
    );
  });

  it('deletes a namespace with everything in it', async () => {
    await plane.kubectl(['create', 'namespace', 'short-lived']);
    await plane.kubectl(['create', 'configmap', 'inside', '--namespace=short-lived']);
    const deleted = await plane.kubectl(['delete', 'namespace', 'short-lived', '--timeout=30s']);
    assert.equal(deleted.exitCode, 0, deleted.stderr);
  });

  it('keeps its data and its address over a crash of the API server', async () => {
    await plane.kubectl(['create', 'namespace', 'durable']);
    await plane.restartApiServer();
    const read = await plane.kubectl(['get', 'namespace', 'durable', '-o', 'name']);
    assert.equal(read.stdout, 'namespace/durable\n', read.stderr);
  });
});
