/** The rights that `bootstrap` and deploy/base give are enough for the operator, and it needs all of them. */
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateStateMachineAliasCommand,
  ListExecutionsCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { sourcePolicy, targetPolicy } from '../../src/bootstrap/operator-policy.ts';
import { startEmulator } from '../../testbed/aws-emulator.ts';
import { executionEvent } from '../../testbed/cloudtrail.ts';
import { eventually } from '../../testbed/eventually.ts';
import { CLUSTER_ID } from '../../testbed/operator.ts';
import type { AwsClients } from '../../testbed/aws-clients.ts';
import { conflict } from '../../testbed/proxy/kubernetes-answers.ts';
import { OPERATOR_ROLE } from '../../testbed/stage.ts';
import { allows, Enforcement, without } from './least-privilege/enforcement.ts';
import { rightsIn, rightsUsed } from './least-privilege/rbac.ts';
import { viewRole } from './link/aws-views.ts';
import { chain, sendMessage } from './link/definitions.ts';
import { machineArn, SOURCE, TARGET, targetRole } from './link/aws-owners.ts';
import { MACHINES, ROLES, startScene, TENANTS, type LinkName, type Scene } from './link/scene.ts';
import { about } from '../expectations.ts';
import { OPERATOR_POLICY, document } from './link/policies.ts';

const RBAC = fileURLToPath(new URL('../../deploy/base/rbac.yaml', import.meta.url));
const UNBOUNDED = '333333333333';
const BOUNDARY = `arn:aws:iam::${TARGET}:policy/boundary`;
const NAMED = `arn:aws:iam::${TARGET}:policy/named`;
const OTHER = `arn:aws:iam::${TARGET}:policy/other`;

const QUEUE = `arn:aws:sqs:us-east-1:${TARGET}:changes`;

const account = (accountId: string) => ({ partition: 'aws', accountId, operatorRole: OPERATOR_ROLE });
const inTarget = { clusterId: CLUSTER_ID, rolePathPrefix: '/crossaccountlink/' };
const POLICIES = new Map([
  [
    SOURCE,
    sourcePolicy({
      ...account(SOURCE),
      stateMachines: 'shop-*',
      executionRoles: 'tenants/shop-*',
      eventQueueArn: QUEUE,
    }),
  ],
  [
    TARGET,
    targetPolicy({
      ...account(TARGET),
      ...inTarget,
      boundaryArn: BOUNDARY,
      managedPolicyArns: [NAMED],
      eventQueueArn: QUEUE,
    }),
  ],
  [UNBOUNDED, targetPolicy({ ...account(UNBOUNDED), ...inTarget, managedPolicyArns: [] })],
]);

const EVERYTHING = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const LINK = shop('life');

let scene: Scene;
let enforcement: Enforcement;

function shop(name: string): LinkName {
  return { namespace: 'shop', name: `shop-${name}` };
}

/** A machine that begins by waiting, so that its executions run as long as a test needs them. */
function workflow(name: string): Promise<string> {
  const pause = { Type: 'Wait', Seconds: 600 };
  return scene.workflow(name, chain({ Pause: pause, Charge: sendMessage('charges') }));
}

async function policies({ iam }: AwsClients, ...names: readonly string[]): Promise<void> {
  for (const PolicyName of names) {
    await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: EVERYTHING }));
  }
}

/** A role as it is before a link adopts it. */
async function ownRole(RoleName: string): Promise<void> {
  await scene.target.iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: '/crossaccountlink/',
      PermissionsBoundary: BOUNDARY,
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'lambda.amazonaws.com' },
      }),
    }),
  );
}

describe('the operator under the rights that it is given', () => {
  beforeAll(async () => {
    // Its queue is polled.
    const startAws = startEmulator;
    scene = await startScene({ accounts: [UNBOUNDED], flags: ['--leader-elect'], startAws });
    enforcement = new Enforcement(POLICIES);
    scene.aws.rules.add(enforcement.rule(scene.stage.emulator.url));
    const { QueueUrl = '' } = await scene.target.sqs.send(new CreateQueueCommand({ QueueName: 'changes' }));
    await scene.target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no event' }));
    await policies(scene.target, 'boundary', 'named', 'other');
    await policies(scene.source, 'tenant');
    await policies(scene.clients(UNBOUNDED), 'boundary');
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }], { eventQueueURL: QueueUrl });
    await scene.register(
      TARGET,
      [
        {
          namespaces: TENANTS,
          asTarget: { ...ROLES, managedPolicyARNs: [NAMED], adoptableRoles: [targetRole('shop-adopted')] },
        },
      ],
      { permissionsBoundaryARN: BOUNDARY, eventQueueURL: QueueUrl },
    );
    await scene.register(UNBOUNDED, [
      {
        namespaces: TENANTS,
        asTarget: { ...ROLES, allowedResources: [`arn:aws:sqs:us-east-1:${UNBOUNDED}:*`] },
      },
    ]);
    await scene.tenant('shop');
  });
  afterAll(() => scene.stop());

  it('links a machine with versions, an alias and a running execution, into a role with boundary, tags and a managed policy', async () => {
    const machine = await workflow(LINK.name);
    const RoleName = LINK.name;
    await scene.source.iam.send(
      new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::${SOURCE}:policy/tenant` }),
    );
    const { stateMachineVersionArn } = await scene.source.sfn.send(
      new PublishStateMachineVersionCommand({ stateMachineArn: machine }),
    );
    await scene.source.sfn.send(
      new CreateStateMachineAliasCommand({
        name: 'live',
        routingConfiguration: [{ stateMachineVersionArn, weight: 100 }],
      }),
    );
    await scene.source.sfn.send(new StartExecutionCommand({ stateMachineArn: machine }));
    await scene.link(LINK, {
      stateMachineARN: machine,
      targetRole: {
        arn: targetRole(LINK.name),
        description: 'Lets the shop charge',
        tags: { team: 'shop' },
        permissions: { managedPolicyARNs: [NAMED] },
      },
      stateMachineCredentials: { publishVersion: true },
    });
    await scene.ready(LINK);
  });

  it('looks at an execution that an event tells of', async () => {
    const { executions = [] } = await scene.source.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: machineArn(LINK.name) }),
    );
    const { executionArn = '' } = executions[0] ?? {};
    const MessageBody = JSON.stringify(executionEvent({ executionArn, status: 'FAILED' }));
    const { QueueUrl } = await scene.target.sqs.send(new GetQueueUrlCommand({ QueueName: 'changes' }));
    await scene.target.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await eventually('its history to be read', () => {
      const read = enforcement.allowed.filter(({ action }) => action === 'states:GetExecutionHistory');
      expect(read.map(({ resource }) => resource)).toStrictEqual([executionArn]);
    });
  });

  it('repairs drift of every kind', async () => {
    const { iam } = scene.target;
    const RoleName = LINK.name;
    const order = await viewRole(scene.target, RoleName);
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: OTHER }));
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['crossaccountlink.dev/cluster-id'] }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'extra', PolicyDocument: EVERYTHING }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: OTHER }));
    await iam.send(
      new CreateInstanceProfileCommand({ InstanceProfileName: 'profile', Path: '/crossaccountlink/' }),
    );
    await iam.send(new AddRoleToInstanceProfileCommand({ RoleName, InstanceProfileName: 'profile' }));
    await iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName,
        PolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }),
      }),
    );
    await eventually('everything to be as it was', async () => {
      await scene.reconcile(LINK);
      expect(await viewRole(scene.target, RoleName)).toStrictEqual(order);
    });
    await scene.ready(LINK);
  });

  it('follows the spec: another description, other tags, no managed policy', async () => {
    await scene.patch(LINK, {
      targetRole: {
        description: 'Lets the shop charge, and no more',
        tags: { team: null, cost: 'low' },
        permissions: { managedPolicyARNs: null },
      },
    });
    await scene.ready(LINK);
    const view = await viewRole(scene.target, LINK.name);
    expect(view?.attached).toStrictEqual([]);
    expect(view?.tags).toMatchObject({ cost: 'low' });
    expect(view?.tags).not.toHaveProperty('team');
    expect(view?.description).toBe('Lets the shop charge, and no more');
  });

  it('makes a role again that somebody deleted, of which IAM knows no path meanwhile', async () => {
    const { iam } = scene.target;
    const RoleName = LINK.name;
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: OPERATOR_POLICY }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await scene.reconcile(LINK);
    await scene.ready(LINK);
    expect((await viewRole(scene.target, RoleName))?.arn).toBe(targetRole(RoleName));
  });

  it('adopts a role, and gives it back', async () => {
    const link = shop('adopted');
    await ownRole(link.name);
    await scene.link(link, {
      stateMachineARN: await workflow(link.name),
      targetRole: { arn: targetRole(link.name), adoptionPolicy: 'Adopt', unmanaged: 'Remove' },
    });
    await scene.ready(link);
    await scene.delete(link);
    expect((await viewRole(scene.target, link.name))?.tags).toStrictEqual({});
  });

  it('takes a boundary off where none is asked for any more, and the account has none', async () => {
    const link = shop('unbounded');
    await scene.link(link, {
      stateMachineARN: await scene.workflow(link.name, chain({ Charge: sendMessage('charges', UNBOUNDED) })),
      targetRole: {
        arn: targetRole(link.name, UNBOUNDED),
        permissionsBoundaryARN: `arn:aws:iam::${UNBOUNDED}:policy/boundary`,
      },
    });
    await scene.ready(link);
    await scene.patch(link, { targetRole: { permissionsBoundaryARN: null } });
    await scene.ready(link);
    expect((await viewRole(scene.clients(UNBOUNDED), link.name))?.boundary).toBeUndefined();
    await scene.delete(link);
  });

  it('deletes what it made', async () => {
    await scene.delete(LINK);
    expect(await viewRole(scene.target, LINK.name)).toBeUndefined();
    expect((await viewRole(scene.source, LINK.name))?.inlinePolicies).toStrictEqual({});
  });

  it('was never denied anything', () => {
    expect(enforcement.denied).toStrictEqual([]);
  });

  describe('needs', () => {
    for (const [accountId, policy] of POLICIES) {
      for (const { sid = '', effect, actions } of policy.statements) {
        if (effect === 'Deny' || isShownElsewhere(accountId, sid)) continue;
        for (const action of actions.values) {
          it(`${action} of ${sid} in ${accountId}`, async () => {
            const reduced = without(policy, sid, action);
            const asked = enforcement.allowed.filter(
              (each) => each.accountId === accountId && each.action === action,
            );
            const verdicts = await Promise.all(asked.map((each) => allows(reduced, each)));
            about(`${asked.length} uses, and none is denied without it`, () =>
              expect(verdicts).toContain(false),
            );
          });
        }
      }
    }
  });

  describe('denied an action', () => {
    for (const [accountId, sid, action] of [
      [SOURCE, 'WriteGrants', 'iam:PutRolePolicy'],
      [TARGET, 'MakeRoles', 'iam:CreateRole'],
      [SOURCE, 'KeepExecutionRole', 'iam:PassRole'],
    ] as const) {
      it(`names ${action} in the link’s condition, and goes on when it is allowed again`, async () => {
        const link = shop(`without-${action.slice(4).toLowerCase()}`);
        const policy = enforcement.policyOf(accountId);
        enforcement.replace(accountId, without(policy, sid, action));
        await scene.link(link, {
          stateMachineARN: await workflow(link.name),
          targetRole: { arn: targetRole(link.name) },
        });
        await scene.until(link, {
          status: 'False',
          reason: 'AccessDenied',
          message: new RegExp(`not authorized to perform: ${action} on resource`),
        });
        enforcement.replace(accountId, policy);
        await scene.reconcile(link);
        await scene.ready(link);
      });
    }
  });

  describe('cannot', () => {
    const own = `arn:aws:iam::${TARGET}:role/${OPERATOR_ROLE}`;
    const role = `arn:aws:iam::${TARGET}:role/crossaccountlink/any`;
    const owned = { 'aws:ResourceTag/crossaccountlink.dev/cluster-id': CLUSTER_ID };
    const bounded = { 'iam:PermissionsBoundary': BOUNDARY };
    const cases: readonly [string, string, string, string, Record<string, string>][] = [
      ['make a role without the boundary', TARGET, 'iam:CreateRole', role, requested(CLUSTER_ID)],
      [
        'make a role for another cluster',
        TARGET,
        'iam:CreateRole',
        role,
        { ...bounded, ...requested('other') },
      ],
      [
        'take a role of another cluster by tagging it',
        TARGET,
        'iam:TagRole',
        role,
        { ...requested(CLUSTER_ID), 'aws:ResourceTag/crossaccountlink.dev/cluster-id': 'other' },
      ],
      ['tag a role as another cluster’s', TARGET, 'iam:TagRole', role, requested('other')],
      [
        'take roles out of instance profiles elsewhere',
        TARGET,
        'iam:RemoveRoleFromInstanceProfile',
        `arn:aws:iam::${TARGET}:instance-profile/servers/web`,
        {},
      ],
      ['write to a role of another cluster', TARGET, 'iam:PutRolePolicy', role, bounded],
      ['write to a role without the boundary', TARGET, 'iam:PutRolePolicy', role, owned],
      ['take a boundary off', TARGET, 'iam:DeleteRolePermissionsBoundary', role, { ...owned, ...bounded }],
      [
        'attach a policy that is not named',
        TARGET,
        'iam:AttachRolePolicy',
        role,
        { ...owned, ...bounded, 'iam:PolicyARN': OTHER },
      ],
      ['change the boundary', TARGET, 'iam:CreatePolicyVersion', BOUNDARY, {}],
      ['write to itself', TARGET, 'iam:PutRolePolicy', own, { ...owned, ...bounded }],
      ['tag itself', TARGET, 'iam:TagRole', own, requested(CLUSTER_ID)],
      ['touch roles elsewhere', TARGET, 'iam:DeleteRole', `arn:aws:iam::${TARGET}:role/admin`, owned],
      ['pass roles in the target', TARGET, 'iam:PassRole', role, passedTo('states')],
      ['pass roles to other services', SOURCE, 'iam:PassRole', executionRole('shop-life'), passedTo('ec2')],
      ['write to other execution roles', SOURCE, 'iam:PutRolePolicy', executionRole('other'), {}],
      ['change other machines', SOURCE, 'states:UpdateStateMachine', machineArn('other'), {}],
    ];
    for (const [what, accountId, action, resource, context] of cases) {
      it(what, async () => {
        expect(await allows(enforcement.policyOf(accountId), { accountId, action, resource, context })).toBe(
          false,
        );
      });
    }
  });

  it('uses every right that deploy/base gives it in the cluster, and no other', async () => {
    await exerciseConflicts();
    const used = () => rightsUsed(scene.kubernetes.calls.all.map(({ call }) => call));
    await eventually('every right to be used', () => expect(used()).toStrictEqual(rightsIn(RBAC)));
    const refused = scene.kubernetes.calls.all.filter(({ status }) => status === 403);
    expect(refused).toStrictEqual([]);
  });
});

/** Rights of the same statement that the tests of the other accounts cover. */
function isShownElsewhere(accountId: string, sid: string): boolean {
  return accountId === UNBOUNDED && sid !== 'DropBoundaries';
}

function requested(clusterId: string): Record<string, string> {
  return { 'aws:RequestTag/crossaccountlink.dev/cluster-id': clusterId };
}

function passedTo(service: string): Record<string, string> {
  return { 'iam:PassedToService': `${service}.amazonaws.com` };
}

function executionRole(name: string): string {
  return `arn:aws:iam::${SOURCE}:role/tenants/${name}`;
}

/** Objects are read one by one only if somebody else changed them meanwhile, and Events are counted up if the same happens
 *  again. */
async function exerciseConflicts(): Promise<void> {
  for (const resource of ['crossaccountlinks', 'awsaccounts']) {
    scene.kubernetes.rules.add({
      match: (call) => call.resource === resource && call.subresource === 'status' && call.verb === 'patch',
      fault: conflict,
      times: 1,
    });
  }
  await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }], { driftCheckInterval: '31s' });
  const link = shop('without-putrolepolicy');
  for (let round = 0; round < 2; round += 1) {
    await scene.target.iam.send(
      new PutRolePolicyCommand({ RoleName: link.name, PolicyName: 'extra', PolicyDocument: EVERYTHING }),
    );
    await scene.reconcile(link);
  }
}
