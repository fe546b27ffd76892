/** What the platform team's rules refuse, as the link's owner is told about it; nothing is allowed by default. One refusal for
 *  each leg: all of them are in test/pure/controllers/link/denials.test.ts. */
import { CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuse } from '../../../testbed/proxy/aws-answers.ts';
import { viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { machineArn, SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { ROLES, startScene, TENANTS, type Scene } from './scene.ts';
import { document } from './policies.ts';

/** A namespace to which the accounts allow very little. */
const NARROW = 'narrow';
const REFUSED = [
  {
    what: 'a namespace that no entry names',
    namespace: 'strangers',
    machine: 'ok-orders',
    leg: 'TargetRoleReady',
    message:
      /does not let this namespace link from state machine ok-orders: it has no access entry for this namespace/,
  },
  {
    what: 'an execution role that no glob matches',
    namespace: NARROW,
    machine: 'ok-foreign-role',
    leg: 'ExecutionRoleGrantReady',
    message: /change execution role arn:aws:iam::111111111111:role\/tenants\/other-orders: .*executionRoles/,
  },
  {
    what: 'a Task’s queue beyond allowedResources',
    namespace: NARROW,
    machine: 'ok-other-queue',
    leg: 'PermissionsReady',
    message: /does not allow sqs:SendMessage on arn:aws:sqs:us-east-1:222222222222:secret/,
  },
] as const;
/** Registered by nobody at first. */
const UNREGISTERED = '333333333333';
const BOUNDARY = `arn:aws:iam::${TARGET}:policy/boundary`;
const MISSING = `arn:aws:iam::${TARGET}:policy/missing`;

describe('a link beyond what its account allows', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [UNREGISTERED] });
    const namespaces = { names: [NARROW] };
    await scene.register(SOURCE, [
      {
        namespaces: TENANTS,
        asSource: { stateMachines: ['*'], executionRoles: [`arn:aws:iam::${SOURCE}:role/tenants/*`] },
      },
      {
        namespaces,
        asSource: { stateMachines: ['ok-*'], executionRoles: [`arn:aws:iam::${SOURCE}:role/tenants/ok-*`] },
      },
    ]);
    await scene.target.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'boundary',
        PolicyDocument: document({ Effect: 'Allow', Action: ['sqs:*', 'iam:PassRole'], Resource: '*' }),
      }),
    );
    await scene.register(
      TARGET,
      [
        { namespaces: TENANTS, asTarget: ROLES, maxLinks: 1 },
        {
          namespaces,
          asTarget: {
            rolePathPrefix: '/crossaccountlink/narrow/',
            allowedActions: ['sqs:SendMessage'],
            allowedResources: [`arn:aws:sqs:us-east-1:${TARGET}:ok-*`],
            managedPolicyARNs: [MISSING],
            passRoles: [
              { arn: `arn:aws:iam::${TARGET}:role/billing-task`, services: ['ecs-tasks.amazonaws.com'] },
            ],
          },
        },
      ],
      { permissionsBoundaryARN: BOUNDARY },
    );
    for (const namespace of [NARROW, 'strangers', 'unregistered']) {
      await scene.stage.kubectl('create', 'namespace', namespace);
    }
    await scene.tenant('few');
    await scene.workflow('ok-orders', chain({ Order: sendMessage('ok-orders') }));
    const other = await scene.executionRole('other-orders');
    await scene.machine('ok-foreign-role', other, chain({ Order: sendMessage('ok-orders') }));
    await scene.workflow('ok-other-queue', chain({ Order: sendMessage('secret') }));
  });
  afterAll(() => scene.stop());

  it.concurrent('finds its state machine once that is made', async () => {
    const link = { namespace: NARROW, name: 'too-early' };
    await scene.link(link, {
      stateMachineARN: machineArn('ok-late'),
      targetRole: { arn: targetRole('narrow/too-early') },
      driftCheckInterval: '30s',
    });
    await scene.until(link, {
      status: 'False',
      reason: 'StateMachineNotFound',
      message: /There is no state machine arn:aws:states:.*:ok-late: create it/,
    });
    expect(await viewRole(scene.target, 'too-early')).toBeUndefined();
    await scene.workflow('ok-late', chain({ Late: sendMessage('ok-late') }));
    await scene.until(link, { status: 'True' }, 60_000);
  });

  for (const [index, { what, namespace, machine, leg, message }] of REFUSED.entries()) {
    it.concurrent(`is refused: ${what}`, async () => {
      const link = { namespace, name: `denied-${index}` };
      const arn = targetRole(`narrow/denied-${index}`);
      await scene.link(link, { stateMachineARN: machineArn(machine), targetRole: { arn } });
      const object = await scene.until(link, { status: 'False', reason: 'AccountNotAllowed', message });
      await scene.until(link, { type: leg, status: 'False', reason: 'AccountNotAllowed' });
      await scene.until(link, { type: 'Stalled', status: 'True' });
      expect(object.metadata.finalizers).toStrictEqual([]);
      expect(scene.writesOn(`denied-${index}`)).toStrictEqual([]);
      expect(await viewRole(scene.target, `denied-${index}`)).toBeUndefined();
      await scene.untilEvent(link, /Warning AccountNotAllowed/);
    });
  }

  it.concurrent('within the rules is Ready, with the account’s boundary on its role', async () => {
    const link = { namespace: NARROW, name: 'within' };
    await scene.link(link, {
      stateMachineARN: machineArn('ok-orders'),
      targetRole: {
        arn: targetRole('narrow/within'),
        permissions: {
          statements: [
            {
              actions: ['iam:PassRole'],
              resources: [`arn:aws:iam::${TARGET}:role/billing-task`],
              conditions: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } },
            },
          ],
        },
      },
    });
    await scene.ready(link);
    const role = await viewRole(scene.target, 'within');
    expect(role?.boundary).toBe(BOUNDARY);
    expect(JSON.stringify(role?.inlinePolicies)).toMatch(/iam:PassRole/);
  });

  it.concurrent('waits for an AWSAccount, and is built as soon as there is one', async () => {
    const link = { namespace: 'unregistered', name: 'early' };
    const role = `arn:aws:iam::${UNREGISTERED}:role/crossaccountlink/early`;
    await scene.workflow('early', chain({ Early: sendMessage('early', UNREGISTERED) }));
    await scene.link(link, { stateMachineARN: machineArn('early'), targetRole: { arn: role } });
    await scene.until(link, {
      status: 'False',
      reason: 'AccountNotAllowed',
      message: /No AWSAccount registers the target account 333333333333: ask a platform administrator/,
    });
    await scene.stage.kubectl('label', 'namespace', 'unregistered', 'tenant=true');
    await scene.register(UNREGISTERED, [
      {
        namespaces: TENANTS,
        asTarget: { ...ROLES, allowedResources: [`arn:aws:sqs:us-east-1:${UNREGISTERED}:*`] },
      },
    ]);
    await scene.ready(link);
  });

  it.concurrent('waits while older ones fill maxLinks, and takes the place that one leaves', async () => {
    const [first, second] = [
      { namespace: 'few', name: 'first' },
      { namespace: 'few', name: 'second' },
    ] as const;
    for (const link of [first, second]) {
      const machine = await scene.workflow(
        `few-${link.name}`,
        chain({ [link.name]: sendMessage(link.name) }),
      );
      await scene.link(link, {
        stateMachineARN: machine,
        targetRole: { arn: targetRole(`few-${link.name}`) },
      });
      await scene.until(link, link === first ? { status: 'True' } : { status: 'False' });
    }
    await scene.until(second, {
      reason: 'TooManyLinks',
      message: /allows 1 link here.*older ones come first/,
    });
    await scene.delete(first);
    await scene.ready(second);
  });

  for (const [what, stateMachineARN, arn, message] of [
    [
      'two partitions',
      `arn:aws-cn:states:cn-north-1:${SOURCE}:stateMachine:ok-orders`,
      targetRole('narrow/a'),
      /must lie in the state machine's partition/,
    ],
    [
      'a name that sts:ExternalId cannot carry',
      `arn:aws:states:us-east-1:${SOURCE}:stateMachine:really!`,
      targetRole('narrow/a'),
      /stateMachineARN: Invalid value: .*external/i,
    ],
    [
      'one account on both sides',
      machineArn('ok-orders'),
      `arn:aws:iam::${SOURCE}:role/crossaccountlink/a`,
      /account/,
    ],
  ] as const) {
    it.concurrent(`is refused by kubectl apply: ${what}`, async () => {
      const link = { namespace: NARROW, name: 'refused' };
      await expect(scene.link(link, { stateMachineARN, targetRole: { arn } })).rejects.toThrow(message);
    });
  }

  it.concurrent('says NotFound and stops asking if a policy does not exist', async () => {
    const [link, other] = [
      { namespace: NARROW, name: 'no-such-policy' },
      { namespace: NARROW, name: 'busy' },
    ] as const;
    const role = {
      arn: targetRole('narrow/no-such-policy'),
      permissions: { managedPolicyARNs: [MISSING] },
    };
    // The emulator attaches policies that do not exist; AWS says this.
    scene.aws.rules.add({
      match: ({ operation, parameters }) =>
        operation === 'AttachRolePolicy' && parameters.get('PolicyArn') === MISSING,
      fault: refuse('NoSuchEntity', `Policy ${MISSING} does not exist or is not attachable.`, 404),
    });
    await scene.link(link, { stateMachineARN: machineArn('ok-orders'), targetRole: role });
    await scene.until(link, {
      status: 'False',
      reason: 'NotFound',
      message: /AttachRolePolicy on .*no-such-policy/,
    });
    const attempts = () =>
      scene.writesOn('no-such-policy').filter(({ operation }) => operation === 'AttachRolePolicy');
    const soFar = attempts().length;
    expect(soFar).toBeLessThanOrEqual(5);
    const machine = await scene.workflow('ok-busy', chain({ Busy: sendMessage('ok-busy') }));
    await scene.link(other, { stateMachineARN: machine, targetRole: { arn: targetRole('narrow/busy') } });
    await scene.ready(other);
    await scene.delete(other);
    expect(attempts()).toHaveLength(soFar);
    await scene.delete(link);
    expect(await viewRole(scene.target, 'no-such-policy')).toBeUndefined();
  });

  it.concurrent('is refused when it gives a machine the operator’s own role to grant on', async () => {
    const name = 'ok-operators-own';
    const arn = `arn:aws:iam::${SOURCE}:role/crossaccountlink-operator`;
    await scene.machine(name, arn, chain({ Own: sendMessage('ok-orders') }));
    const link = { namespace: NARROW, name: 'operators-own' };
    await scene.link(link, {
      stateMachineARN: machineArn(name),
      targetRole: { arn: targetRole('narrow/own') },
    });
    await scene.until(link, { status: 'False', reason: 'AccountNotAllowed', message: /operator's own/ });
    // The name is still free.
    await expect(
      scene.target.iam.send(
        new CreateRoleCommand({
          RoleName: 'own',
          AssumeRolePolicyDocument: JSON.stringify({ Statement: [] }),
        }),
      ),
    ).resolves.toMatchObject({ Role: { RoleName: 'own' } });
  });
});
