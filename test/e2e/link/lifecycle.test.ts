/** A link's life as its owner sees it through kubectl, and the contents of AWS meanwhile. */
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { assumeRole, awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { OPERATOR_EXTERNAL_ID } from '../../../testbed/stage.ts';
import { credentialsIn, policyOf, viewRole, withoutCredentials } from './aws-views.ts';
import { chain, putItem, sendMessage } from './definitions.ts';
import { SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { startScene, type Scene } from './scene.ts';
import { OPERATOR_POLICY } from './policies.ts';

const EXECUTION_ROLE = `arn:aws:iam::${SOURCE}:role/tenants/checkout`;

let scene: Scene;

const DEFINITION = chain({
  'Charge card': sendMessage('charges'),
  'Note order': putItem(`arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`),
  'Notify own queue': sendMessage('own', SOURCE),
});

describe('a link’s life', () => {
  beforeAll(async () => {
    scene = await startScene({ controlPlane: { controllerManager: true } });
  });
  afterAll(() => scene.stop());

  describe('a link', () => {
    const link = { namespace: 'payments', name: 'checkout-to-billing' };
    const role = targetRole('checkout');
    let machine: string;
    let execution: AwsClients;
    let queueUrl: string;

    beforeAll(async () => {
      await scene.tenant('payments');
      machine = await scene.workflow('checkout', DEFINITION);
      await scene.executionRole('stranger');
      const queue = await scene.target.sqs.send(new CreateQueueCommand({ QueueName: 'charges' }));
      queueUrl = queue.QueueUrl ?? '';
      await scene.target.dynamodb.send(
        new CreateTableCommand({
          TableName: 'orders',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      execution = awsClients(scene.stage.emulator.url, await assumeRole(scene.source, EXECUTION_ROLE));
      await scene.link(link, {
        stateMachineARN: machine,
        targetRole: { arn: role, description: 'Lets checkout charge', tags: { team: 'payments' } },
      });
    });

    it('becomes Ready, as kubectl wait sees it', async () => {
      const reported = await scene.stage.kubectl(
        'wait',
        'xal/checkout-to-billing',
        '--namespace=payments',
        '--for=condition=Ready',
        '--timeout=20s',
      );
      expect(reported).toMatch(/checkout-to-billing condition met/);
    });

    it('has a target role whose trust policy is the documented one, for the exact execution role and machine', async () => {
      const view = await viewRole(scene.target, role);
      expect(view?.arn).toBe(role);
      expect(policyOf(view?.trust)).toStrictEqual([
        {
          Effect: 'Allow',
          Action: ['sts:AssumeRole'],
          Principal: { AWS: [EXECUTION_ROLE] },
          Condition: { StringEquals: { 'sts:ExternalId': [machine] } },
        },
      ]);
      expect(view?.description).toBe('Lets checkout charge');
      expect(view?.tags).toMatchObject({
        team: 'payments',
        'crossaccountlink.dev/cluster-id': CLUSTER_ID,
        'crossaccountlink.dev/namespace': 'payments',
      });
    });

    it('has permissions for the calls of its Tasks and no others', async () => {
      const view = await viewRole(scene.target, role);
      expect(Object.keys(view?.inlinePolicies ?? {})).toStrictEqual([OPERATOR_POLICY]);
      expect(policyOf(view?.inlinePolicies[OPERATOR_POLICY])).toStrictEqual([
        {
          Effect: 'Allow',
          Action: ['dynamodb:PutItem'],
          Resource: [`arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`],
        },
        {
          Effect: 'Allow',
          Action: ['sqs:SendMessage'],
          Resource: [`arn:aws:sqs:us-east-1:${TARGET}:charges`],
        },
      ]);
      expect(view?.attached).toStrictEqual([]);
    });

    it('has a grant on the execution role for exactly the target role', async () => {
      const view = await viewRole(scene.source, EXECUTION_ROLE);
      expect(Object.keys(view?.inlinePolicies ?? {})).toStrictEqual([OPERATOR_POLICY]);
      expect(policyOf(view?.inlinePolicies[OPERATOR_POLICY])).toStrictEqual([
        { Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [role] },
      ]);
    });

    it('has Credentials on the Tasks that call into the target account, and nothing else is changed', async () => {
      const now = await scene.definition(machine);
      expect(credentialsIn(now)).toStrictEqual({
        'Charge card': { RoleArn: role },
        'Note order': { RoleArn: role },
      });
      expect(withoutCredentials(now)).toStrictEqual(DEFINITION);
    });

    it('lets the execution role make the Tasks’ calls with the machine as external ID', async () => {
      const session = awsClients(scene.stage.emulator.url, await assumeRole(execution, role, machine));
      await session.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'order 7' }));
      await session.dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '7' } } }));
      await expect(session.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }))).rejects.toThrow(
        /not authorized/,
      );
    });

    it('lets nobody else in: no other external ID and no other role', async () => {
      await expect(assumeRole(execution, role, `${machine}-2`)).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      await expect(assumeRole(execution, role)).rejects.toMatchObject({ name: 'AccessDenied' });
      const other = await assumeRole(scene.source, `arn:aws:iam::${SOURCE}:role/tenants/stranger`);
      await expect(
        assumeRole(awsClients(scene.stage.emulator.url, other), role, machine),
      ).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    });

    it('prints as a line with short names', async () => {
      const [head = '', line = ''] = (
        await scene.stage.kubectl('get', 'xal', '-n', 'payments', '-o', 'wide')
      ).split('\n');
      expect(head.split(/ {2,}/)).toStrictEqual([
        'NAME',
        'READY',
        'REASON',
        'STATE MACHINE',
        'TARGET ROLE',
        'TASKS',
        'DRIFT',
        'AGE',
        'MESSAGE',
      ]);
      expect(line).toMatch(
        /^checkout-to-billing +True +InSync +checkout +checkout +2 .* can call into the target/,
      );
      const category = await scene.stage.kubectl('get', 'aws', '-n', 'payments', '-o', 'name');
      expect(category).toMatch(/^crossaccountlink.crossaccountlink.dev\/checkout-to-billing$/m);
    });

    it('is explained by kubectl', async () => {
      const text = await scene.stage.kubectl('explain', 'xal.spec.targetRole');
      for (const part of [
        /FIELD: targetRole <TargetRoleSpec|FIELD: targetRole <Object>/,
        /IAM role in the target account that the state machine assumes/,
        /arn\s+<string> -required-/,
        /permissionsBoundaryARN\s+<string>/,
        /adoptionPolicy\s+<string>/,
      ]) {
        expect(text).toMatch(part);
      }
      expect(text).not.toMatch(/<no description>/);
    });

    it('fills its status with what people look for', async () => {
      const { status } = await scene.get(link);
      expect(status.observedGeneration).toBe(1);
      expect(status.externalID).toBe(machine);
      expect(status.executionRoleARN).toBe(EXECUTION_ROLE);
      expect(status.tasks).toStrictEqual(['Charge card', 'Note order']);
      expect(status.inventory?.map(({ leg, arn }) => `${leg} ${arn}`)).toStrictEqual([
        `TargetRole ${role}`,
        `ExecutionRoleGrant ${EXECUTION_ROLE}`,
        `StateMachineCredentials ${machine}`,
      ]);
      expect(status.targetRoleID ?? '').toMatch(/^AROA/);
      expect(new Set(status.conditions?.map(({ type, status: value }) => `${type}=${value}`))).toStrictEqual(
        new Set([
          'TargetRoleReady=True',
          'TrustPolicyReady=True',
          'PermissionsReady=True',
          'ExecutionRoleGrantReady=True',
          'StateMachineCredentialsReady=True',
          'Effective=True',
          'Ready=True',
        ]),
      );
    });

    it('gets its finalizer back when somebody takes it away', async () => {
      const patch = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
      await scene.stage.kubectl('patch', 'xal', link.name, '-n', link.namespace, ...patch);
      await eventually('the finalizer to be there', async () => {
        expect((await scene.get(link)).metadata.finalizers).toStrictEqual([FINALIZER]);
      });
    });

    it('is logged in one line a reconcile, with an audit line for each write to AWS', async () => {
      const lines = scene.logLines();
      // Reconciles that found its accounts not checked yet, or nothing to do, wrote nothing.
      const wrote = lines.filter(
        ({ msg, link: of, writes }) => msg === 'reconciled' && of === KEY && writes !== 0,
      );
      const audited = lines.filter(({ audit, links }) => audit === true && String(links) === KEY);
      expect(wrote).toMatchObject([
        { ready: 'True', source: SOURCE, target: TARGET, writes: 4, durationMs: expect.any(Number) },
      ]);
      expect(audited.map(({ operation, object }) => `${operation} ${object}`)).toStrictEqual([
        `CreateRole ${role}`,
        `PutRolePolicy ${role}`,
        `PutRolePolicy ${EXECUTION_ROLE}`,
        `UpdateStateMachine ${machine}`,
      ]);
      for (const line of audited) {
        expect(String(line['who'])).toMatch(/assumed-role\/crossaccountlink-operator/);
        expect(`${line['before']} ${line['after']}`).toMatch(/^[0-9a-f]{16} [0-9a-f]{16}$/);
        expect(line['before']).not.toBe(line['after']);
      }
    });

    it('is deleted in reverse order, and leaves nothing behind', async () => {
      const earlier = scene.writesOn('checkout').length;
      await scene.delete(link);
      expect(
        scene
          .writesOn('checkout')
          .slice(earlier)
          .map(({ accountId, operation }) => `${accountId} ${operation}`),
      ).toStrictEqual([
        `${SOURCE} UpdateStateMachine`,
        `${SOURCE} DeleteRolePolicy`,
        `${TARGET} DeleteRolePolicy`,
        `${TARGET} DeleteRole`,
      ]);
      expect(JSON.parse(await scene.definition(machine))).toStrictEqual(DEFINITION);
      expect(await viewRole(scene.target, role)).toBeUndefined();
      expect((await viewRole(scene.source, EXECUTION_ROLE))?.inlinePolicies).toStrictEqual({});
      await expect(assumeRole(execution, role, machine)).rejects.toThrow();
    });

    it('leaves no secret in the log', () => {
      const log = readFileSync(scene.operator.logFile, 'utf8');
      const { accessKeyId, secretAccessKey } = scene.stage.credentials;
      for (const secret of [
        OPERATOR_EXTERNAL_ID,
        accessKeyId,
        secretAccessKey,
        scene.stage.controlPlane.adminToken,
      ]) {
        expect(log).not.toContain(secret);
      }
      expect(log).not.toMatch(/SessionToken|SecretAccessKey|Bearer |ASIA[A-Z0-9]{8}/);
    });
  });

  describe('a link whose namespace is deleted', () => {
    it('goes with it, and does not hold it up', async () => {
      await scene.tenant('short-lived');
      const refunds = await scene.workflow('refunds', DEFINITION);
      const inside = { namespace: 'short-lived', name: 'refunds' };
      await scene.link(inside, {
        stateMachineARN: refunds,
        targetRole: { arn: targetRole('refunds') },
      });
      await scene.ready(inside);
      await scene.stage.kubectl('delete', 'namespace', 'short-lived', '--timeout=30s');
      expect(await viewRole(scene.target, 'refunds')).toBeUndefined();
      expect((await viewRole(scene.source, 'refunds'))?.inlinePolicies).toStrictEqual({});
    });
  });
});

const KEY = 'payments/checkout-to-billing';
