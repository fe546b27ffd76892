/** The ground the other end-to-end tests stand on: what the emulator and the control plane really enforce. */
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { assumeRole, awsClients, type AwsClients } from '../../testbed/aws-clients.ts';
import { emptyEmulator, startEmulator, type Emulator } from '../../testbed/aws-emulator.ts';
import { ignoreCaseOfRoleNames, limitPolicySizes } from '../../testbed/proxy/aws-truths/limits.ts';
import { orphanPrincipals, refuseUnknownPrincipals } from '../../testbed/proxy/aws-truths/principals.ts';
import { startAwsProxy, type AwsProxy } from '../../testbed/proxy/aws.ts';
import { contentOf, restore } from '../../testbed/kubernetes/content.ts';
import { startKubernetesProxy } from '../../testbed/proxy/kubernetes.ts';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from '../../testbed/eventually.ts';
import { about } from '../expectations.ts';

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

  beforeAll(async () => {
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

  afterAll(() => emulator.stop());

  it('takes an account id for a key of that account’s root', async () => {
    const identity = await awsClients(emulator.url, TARGET).sts.send(new GetCallerIdentityCommand());
    expect(identity.Arn).toBe(`arn:aws:iam::${TARGET}:root`);
  });

  it('gives the execution role a session of the target role for the right external id', async () => {
    const session = await assumeRole(execution, TARGET_ROLE, MACHINE);
    const identity = await awsClients(emulator.url, session).sts.send(new GetCallerIdentityCommand());
    expect(identity.Account).toBe(TARGET);
  });

  for (const [how, externalId] of [
    ['without an external id', undefined],
    ['with another external id', `${MACHINE}-2`],
  ] as const) {
    it(`refuses the target role ${how}`, async () => {
      await expect(assumeRole(execution, TARGET_ROLE, externalId)).rejects.toMatchObject({
        name: 'AccessDenied',
      });
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
    await expect(assumeRole(awsClients(emulator.url, stranger), TARGET_ROLE, MACHINE)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('allows the session what the role’s policy allows, and nothing else', async () => {
    const session = awsClients(emulator.url, await assumeRole(execution, TARGET_ROLE, MACHINE));
    await session.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'order 1' }));
    await expect(session.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }))).rejects.toThrow(
      /not authorized/i,
    );
    await expect(
      session.dynamodb.send(
        new CreateTableCommand({
          TableName: 'orders',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      ),
    ).rejects.toThrow(/not authorized/i);
  });

  it('forgets everything when it is emptied: accounts, who was trusted, and sessions', async () => {
    const session = awsClients(emulator.url, await assumeRole(execution, TARGET_ROLE, MACHINE));
    await emptyEmulator(emulator);
    for (const account of [SOURCE, TARGET])
      expect((await awsClients(emulator.url, account).iam.send(new ListRolesCommand())).Roles).toStrictEqual(
        [],
      );
    for (const { sts } of [execution, session])
      await expect(sts.send(new GetCallerIdentityCommand())).rejects.toThrow();
    await expect(
      awsClients(emulator.url, TARGET).sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' })),
    ).rejects.toThrow(/does not exist/);
  });
});

describe('the proxy before the AWS emulator', () => {
  it('passes signed calls of every service, and knows the account of each', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const emulator = await startEmulator();
    cleanUp.defer(() => emulator.stop());
    const proxy = await startAwsProxy(emulator.url);
    cleanUp.defer(() => proxy.stop());
    const source = awsClients(proxy.url, SOURCE);
    await createRole(source, 'r');
    await source.iam.send(
      new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'p', PolicyDocument: allow('sqs:*', '*') }),
    );
    const session = awsClients(proxy.url, await assumeRole(source, `arn:aws:iam::${SOURCE}:role/r`));
    const { QueueUrl } = await session.sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
    // The SDK sends queue calls to the queue's own URL, which has to lead through the proxy again.
    await session.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'order 1' }));
    expect(
      proxy.calls.all.map(
        ({ call, status }) => `${call.service}:${call.operation} ${call.accountId} ${status}`,
      ),
    ).toStrictEqual([
      `iam:CreateRole ${SOURCE} 200`,
      `iam:PutRolePolicy ${SOURCE} 200`,
      `sts:AssumeRole ${SOURCE} 200`,
      `sqs:CreateQueue ${SOURCE} 200`,
      `sqs:SendMessage ${SOURCE} 200`,
    ]);
  });
});

describe('what the proxy knows of IAM that the emulator does not', () => {
  let emulator: Emulator;
  let proxy: AwsProxy;
  let source: AwsClients;
  let target: AwsClients;

  beforeAll(async () => {
    emulator = await startEmulator();
    proxy = await startAwsProxy(emulator.url);
    source = awsClients(proxy.url, SOURCE);
    target = awsClients(proxy.url, TARGET);
  });
  afterEach(() => proxy.rules.clear());
  afterAll(async () => {
    await proxy.stop();
    await emulator.stop();
  });

  it('a role cannot be trusted before it exists and has settled', async () => {
    const arn = `arn:aws:iam::${SOURCE}:role/newcomer`;
    const invalid = {
      name: 'MalformedPolicyDocumentException',
      message: expect.stringMatching(/Invalid principal in policy/),
    };
    const settled = proxy.rules.add(refuseUnknownPrincipals(emulator.url, 0));
    await expect(createRole(target, 'trusting', arn)).rejects.toMatchObject(invalid);
    await createRole(source, 'newcomer');
    await createRole(target, 'trusting', arn);
    settled.remove();
    proxy.rules.add(refuseUnknownPrincipals(emulator.url, 3_600_000));
    await expect(
      target.iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: 'trusting', PolicyDocument: trust(arn) }),
      ),
    ).rejects.toMatchObject(invalid);
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
    expect(shown).toBe(trust(first.Role?.RoleId ?? ''));
    const phoenix = awsClients(proxy.url, await assumeRole(source, arn));
    await expect(assumeRole(phoenix, `arn:aws:iam::${TARGET}:role/trusts-phoenix`)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('role names differ by more than case', async () => {
    proxy.rules.add(ignoreCaseOfRoleNames(emulator.url));
    await createRole(target, 'Billing');
    await expect(createRole(target, 'billing')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
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
    await expect(put('second', 6_000)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await put('first', 9_000);
    await expect(
      createRole(target, 'long-trust', `arn:aws:iam::${SOURCE}:role/${'r'.repeat(2_000)}`),
    ).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });
});

describe('the control plane', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true, modest: true });
  });

  afterAll(() => plane.stop());

  it('obeys kubectl', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'greeting' },
      data: { to: 'you' },
    };
    const applied = await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(manifest) });
    about(applied.stderr, () => expect(applied.stdout).toBe('configmap/greeting created\n'));
    const read = await plane.kubectl(['get', 'configmap', 'greeting', '-o', 'jsonpath={.data.to}']);
    expect(read.stdout).toBe('you');
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
    about(allowed.stderr, () => expect(allowed.exitCode).toBe(0));
    const refused = await plane.kubectl(['get', 'secrets'], { kubeconfig });
    expect(refused.stderr).toMatch(/"system:serviceaccount:default:operator" cannot list resource "secrets"/);
  });

  it('is trusted and obeyed through the proxy, which counts', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const proxy = await startKubernetesProxy(plane);
    cleanUp.defer(() => proxy.stop());
    const kubeconfig = plane.kubeconfig({}, { server: proxy.url });
    const created = await plane.kubectl(['create', 'namespace', 'by-proxy'], { kubeconfig });
    about(created.stderr, () => expect(created.stdout).toBe('namespace/by-proxy created\n'));
    expect(proxy.calls.count((call) => call.write && call.resource === 'namespaces')).toBe(1);
  });

  it('deletes a namespace with everything in it', async () => {
    await plane.kubectl(['create', 'namespace', 'short-lived']);
    await plane.kubectl(['create', 'configmap', 'inside', '--namespace=short-lived']);
    const deleted = await plane.kubectl(['delete', 'namespace', 'short-lived', '--timeout=30s']);
    about(deleted.stderr, () => expect(deleted.exitCode).toBe(0));
  });

  it('rests when it is told to, whole, and goes on where it was', async () => {
    plane.rest();
    try {
      await eventually('all servers to be stopped', () =>
        expect(serversIn(plane.folder)).toStrictEqual(['T', 'T', 'T']),
      );
    } finally {
      plane.wake();
    }
    const { stdout, stderr } = await plane.kubectl(['get', 'namespace', 'default', '-o', 'name']);
    about(stderr, () => expect(stdout).toBe('namespace/default\n'));
  });

  it('is put back to what it was: what is new goes, what went or changed is there as before', async () => {
    const objects = ['new', 'gone', 'changed'].map((name) => `configmap/${name}`);
    const names = async () => {
      const { stdout } = await plane.kubectl(['get', ...objects, '-o', 'name', '--ignore-not-found']);
      return stdout.trim().split('\n');
    };
    for (const name of ['gone', 'changed'])
      await plane.kubectl(['create', 'configmap', name, '--from-literal=is=original']);
    const before = await contentOf(plane.folder);
    await plane.kubectl(['create', 'namespace', 'new']);
    await plane.kubectl(['create', 'configmap', 'new']);
    await plane.kubectl(['delete', 'configmap', 'gone']);
    await plane.kubectl(['patch', 'configmap', 'changed', '-p', '{"data":{"is":"different"}}']);
    expect(await names()).toStrictEqual(['configmap/new', 'configmap/changed']);

    await restore(plane.folder, before);
    expect(await names()).toStrictEqual(['configmap/gone', 'configmap/changed']);
    const { stdout } = await plane.kubectl(['get', 'configmap/changed', '-o', 'jsonpath={.data.is}']);
    expect(stdout).toBe('original');
    const found = await plane.kubectl(['get', 'namespace', 'new']);
    expect(found.stderr).toMatch(/"new" not found/);
  });

  it('keeps its data and its address over a crash of the API server', async () => {
    await plane.kubectl(['create', 'namespace', 'durable']);
    await plane.restartApiServer();
    const read = await plane.kubectl(['get', 'namespace', 'durable', '-o', 'name']);
    about(read.stderr, () => expect(read.stdout).toBe('namespace/durable\n'));
  });
});

/** What Linux says that each server does which runs in that folder: `T` when it is stopped. Of its guard, which has its
 *  group, nothing is told. */
function serversIn(folder: string): readonly string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.flatMap((id) => {
    try {
      if (readlinkSync(`/proc/${id}/cwd`) !== folder) return [];
      const [, state = '', group] =
        /\) ([A-Z]) \d+ (\d+) /.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
      return group === id ? [state] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
