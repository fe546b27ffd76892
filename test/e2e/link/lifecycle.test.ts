/** A link's life as its owner sees it through kubectl, and what stands in AWS meanwhile. */
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { assumeRole, awsClients, type AwsClients } from '../../../testbed/aws-clients.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { OPERATOR_EXTERNAL_ID } from '../../../testbed/stage.ts';
import { credentialsIn, policyOf, viewRole, withoutCredentials } from './aws-views.ts';
import { chain, putItem, sendMessage } from './definitions.ts';
import { SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { startScene, type Scene } from './scene.ts';

const POLICY = `CrossAccountLink-${CLUSTER_ID}`;
const EXECUTION_ROLE = `arn:aws:iam::${SOURCE}:role/tenants/checkout`;

let scene: Scene;

const DEFINITION = chain({
  'Charge card': sendMessage('charges'),
  'Note order': putItem(`arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`),
  'Notify own queue': sendMessage('own', SOURCE),
});

describe('a link’s life', { concurrency: true }, () => {
  before(async () => {
    scene = await startScene({ controlPlane: { controllerManager: true } });
  });
  after(() => scene.stop());

  describe('a link', { concurrency: false }, () => {
    const link = { namespace: 'payments', name: 'checkout-to-billing' };
    const role = targetRole('checkout');
    let machine: string;
    let execution: AwsClients;
    let queueUrl: string;

    before(async () => {
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
      const told = await scene.stage.kubectl(
        'wait',
        'xal/checkout-to-billing',
        '--namespace=payments',
        '--for=condition=Ready',
        '--timeout=20s',
      );
      assert.match(told, /checkout-to-billing condition met/);
    });

    it('has a target role whose trust policy is the documented one, for the exact execution role and machine', async () => {
      const view = await viewRole(scene.target, role);
      assert.equal(view?.arn, role);
      assert.deepEqual(policyOf(view.trust), [
        {
          Effect: 'Allow',
          Action: ['sts:AssumeRole'],
          Principal: { AWS: [EXECUTION_ROLE] },
          Condition: { StringEquals: { 'sts:ExternalId': [machine] } },
        },
      ]);
      assert.equal(view.description, 'Lets checkout charge');
      assert.equal(view.tags['team'], 'payments');
      assert.equal(view.tags['crossaccountlink.dev/cluster-id'], CLUSTER_ID);
      assert.equal(view.tags['crossaccountlink.dev/namespace'], 'payments');
    });

    it('has permissions for the calls of its Tasks and no others', async () => {
      const view = await viewRole(scene.target, role);
      assert.deepEqual(Object.keys(view?.inlinePolicies ?? {}), [POLICY]);
      assert.deepEqual(policyOf(view?.inlinePolicies[POLICY]), [
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
      assert.deepEqual(view?.attached, []);
    });

    it('has a grant on the execution role for exactly the target role', async () => {
      const view = await viewRole(scene.source, EXECUTION_ROLE);
      assert.deepEqual(Object.keys(view?.inlinePolicies ?? {}), [POLICY]);
      assert.deepEqual(policyOf(view?.inlinePolicies[POLICY]), [
        { Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [role] },
      ]);
    });

    it('has Credentials on the Tasks that call into the target account, and nothing else is changed', async () => {
      const now = await scene.definition(machine);
      assert.deepEqual(credentialsIn(now), {
        'Charge card': { RoleArn: role },
        'Note order': { RoleArn: role },
      });
      assert.deepEqual(withoutCredentials(now), DEFINITION);
    });

    it('lets the execution role make the Tasks’ calls with the machine as external ID', async () => {
      const session = awsClients(scene.stage.emulator.url, await assumeRole(execution, role, machine));
      await session.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'order 7' }));
      await session.dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '7' } } }));
      await assert.rejects(session.sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl })), /not authorized/);
    });

    it('lets nobody else in: no other external ID and no other role', async () => {
      await assert.rejects(assumeRole(execution, role, `${machine}-2`), { name: 'AccessDenied' });
      await assert.rejects(assumeRole(execution, role), { name: 'AccessDenied' });
      const other = await assumeRole(scene.source, `arn:aws:iam::${SOURCE}:role/tenants/stranger`);
      await assert.rejects(assumeRole(awsClients(scene.stage.emulator.url, other), role, machine), {
        name: 'AccessDenied',
      });
    });

    it('prints as a line with short names', async () => {
      const [head = '', line = ''] = (
        await scene.stage.kubectl('get', 'xal', '-n', 'payments', '-o', 'wide')
      ).split('\n');
      assert.deepEqual(head.split(/ {2,}/), [
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
      assert.match(
        line,
        /^checkout-to-billing +True +InSync +checkout +checkout +2 .* can call into the target/,
      );
      const category = await scene.stage.kubectl('get', 'aws', '-n', 'payments', '-o', 'name');
      assert.match(category, /^crossaccountlink.crossaccountlink.dev\/checkout-to-billing$/m);
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
        assert.match(text, part);
      }
      assert.doesNotMatch(text, /<no description>/);
    });

    it('fills its status with what people look for', async () => {
      const { status } = await scene.get(link);
      assert.equal(status.observedGeneration, 1);
      assert.equal(status.externalID, machine);
      assert.equal(status.executionRoleARN, EXECUTION_ROLE);
      assert.deepEqual(status.tasks, ['Charge card', 'Note order']);
      assert.deepEqual(
        status.inventory?.map(({ leg, arn }) => `${leg} ${arn}`),
        [`TargetRole ${role}`, `ExecutionRoleGrant ${EXECUTION_ROLE}`, `StateMachineCredentials ${machine}`],
      );
      assert.match(status.targetRoleID ?? '', /^AROA/);
      assert.deepEqual(
        status.conditions?.map(({ type, status: value }) => `${type}=${value}`),
        [
          'TargetRoleReady=True',
          'TrustPolicyReady=True',
          'PermissionsReady=True',
          'ExecutionRoleGrantReady=True',
          'StateMachineCredentialsReady=True',
          'Effective=True',
          'Ready=True',
        ],
      );
    });

    it('gets its finalizer back when somebody takes it away', async () => {
      const patch = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
      await scene.stage.kubectl('patch', 'xal', link.name, '-n', link.namespace, ...patch);
      await eventually('the finalizer to be there', async () => {
        assert.deepEqual((await scene.get(link)).metadata.finalizers, [FINALIZER]);
      });
    });

    it('is logged in one line a reconcile, with an audit line for each write to AWS', async () => {
      const lines = scene.logLines();
      const outcome = lines.find(({ msg, link: of }) => msg === 'reconciled' && of === KEY);
      const audited = lines.filter(({ audit, links }) => audit === true && String(links) === KEY);
      assert.equal(outcome?.['ready'], 'True');
      assert.equal(outcome['source'], SOURCE);
      assert.equal(outcome['target'], TARGET);
      assert.equal(outcome['writes'], 4);
      assert.equal(typeof outcome['durationMs'], 'number');
      assert.deepEqual(
        audited.map(({ operation, object }) => `${operation} ${object}`),
        [
          `CreateRole ${role}`,
          `PutRolePolicy ${role}`,
          `PutRolePolicy ${EXECUTION_ROLE}`,
          `UpdateStateMachine ${machine}`,
        ],
      );
      for (const line of audited) {
        assert.match(String(line['who']), /assumed-role\/crossaccountlink-operator/);
        assert.match(`${line['before']} ${line['after']}`, /^[0-9a-f]{16} [0-9a-f]{16}$/);
        assert.notEqual(line['before'], line['after']);
      }
    });

    it('is deleted in reverse order, and leaves nothing behind', async () => {
      const earlier = scene.writesOn('checkout').length;
      await scene.delete(link);
      assert.deepEqual(
        scene
          .writesOn('checkout')
          .slice(earlier)
          .map(({ accountId, operation }) => `${accountId} ${operation}`),
        [
          `${SOURCE} UpdateStateMachine`,
          `${SOURCE} DeleteRolePolicy`,
          `${TARGET} DeleteRolePolicy`,
          `${TARGET} DeleteRole`,
        ],
      );
      assert.deepEqual(JSON.parse(await scene.definition(machine)), DEFINITION);
      assert.equal(await viewRole(scene.target, role), undefined);
      assert.deepEqual((await viewRole(scene.source, EXECUTION_ROLE))?.inlinePolicies, {});
      await assert.rejects(assumeRole(execution, role, machine));
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
        assert.ok(!log.includes(secret), `the log holds ${secret}`);
      }
      assert.doesNotMatch(log, /SessionToken|SecretAccessKey|Bearer |ASIA[A-Z0-9]{8}/);
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
      assert.equal(await viewRole(scene.target, 'refunds'), undefined);
      assert.deepEqual((await viewRole(scene.source, 'refunds'))?.inlinePolicies, {});
    });
  });
});

const KEY = 'payments/checkout-to-billing';
