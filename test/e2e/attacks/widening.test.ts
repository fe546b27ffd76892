/** Roles that existed before, and definitions that their editors change, widen nothing beyond what the rules say; and no tenant
 *  learns of another's objects. The admission policy is not in force here. */
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { StartExecutionCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { MACHINES, ROLES, startScene, TENANTS, type LinkName, type Scene } from '../link/scene.ts';
import { Tenant, writtenOn } from './tenant.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const ADMIN = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const BY_LAMBDA = {
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
const QUEUES = `arn:aws:sqs:us-east-1:${TARGET}:*`;
const HELD = 'held';

describe('a tenant', () => {
  let scene: Scene;
  let shop: Tenant;
  let neighbour: Tenant;

  beforeAll(async () => {
    scene = await startScene();
    const held = { names: [HELD] };
    await scene.register(SOURCE, [
      { namespaces: TENANTS, asSource: MACHINES },
      { namespaces: held, asSource: MACHINES },
    ]);
    await scene.register(TARGET, [
      {
        namespaces: TENANTS,
        asTarget: { ...ROLES, adoptableRoles: [targetRole('strong-*')], allowPreserve: true },
      },
      {
        namespaces: held,
        asTarget: { ...ROLES, rolePathPrefix: '/crossaccountlink/held/', definitionGrowth: 'Hold' },
      },
    ]);
    shop = await Tenant.in(scene, 'shop', { tenant: 'true' });
    neighbour = await Tenant.in(scene, 'neighbour-of-shop', { tenant: 'true' });
  });
  afterAll(() => scene.stop());

  it.concurrent('lets nobody into an adopted role that grew strong and cannot be reduced', async () => {
    const RoleName = 'strong-later';
    await scene.target.iam.send(
      new CreateRoleCommand({
        RoleName,
        Path: '/crossaccountlink/',
        AssumeRolePolicyDocument: document(BY_LAMBDA),
      }),
    );
    const targetRoleSpec = {
      arn: targetRole(RoleName),
      adoptionPolicy: 'Adopt',
      unmanaged: 'Remove',
    } as const;
    const adopter = await shop.create('adopter', {
      stateMachineARN: await scene.workflow(RoleName, chain({ Charge: sendMessage('charges') })),
      targetRole: targetRoleSpec,
    });
    await scene.ready(adopter);
    await scene.patch(adopter, { suspend: true });
    await scene.until(adopter, {});
    await scene.target.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'admin', PolicyDocument: ADMIN }),
    );
    const before = await viewRole(scene.target, RoleName);
    const written = writtenOn(scene, RoleName);
    const link = await shop.create('follower', {
      stateMachineARN: await scene.workflow('follower', chain({ Charge: sendMessage('charges') })),
      targetRole: targetRoleSpec,
    });
    await scene.until(link, { status: 'False', reason: 'AdoptionTooStrong' });
    expect(await viewRole(scene.target, RoleName)).toStrictEqual(before);
    expect(writtenOn(scene, RoleName)).toStrictEqual(written);
  });

  it.concurrent('widens no adopted role by another permissions boundary', async () => {
    const RoleName = 'strong-within-a-boundary';
    const [narrow, wide] = await Promise.all([
      boundary('narrow', document({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUES })),
      boundary('wide', ADMIN),
    ]);
    await scene.target.iam.send(
      new CreateRoleCommand({
        RoleName,
        Path: '/crossaccountlink/',
        AssumeRolePolicyDocument: document(BY_LAMBDA),
        PermissionsBoundary: narrow,
      }),
    );
    await scene.target.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'admin', PolicyDocument: ADMIN }),
    );
    const adopting = {
      arn: targetRole(RoleName),
      adoptionPolicy: 'Adopt',
      unmanaged: 'Preserve',
    } as const;
    const link = await shop.create('bounded', {
      stateMachineARN: await scene.workflow(RoleName, chain({ Charge: sendMessage('charges') })),
      targetRole: adopting,
    });
    await scene.ready(link);
    const before = await viewRole(scene.target, RoleName);
    await scene.patch(link, { targetRole: { ...adopting, permissionsBoundaryARN: wide } });
    await scene.until(link, { status: 'False', reason: 'AdoptionTooStrong' });
    expect(await viewRole(scene.target, RoleName)).toStrictEqual(before);
    expect(before?.boundary).toBe(narrow);
  });

  async function boundary(PolicyName: string, PolicyDocument: string): Promise<string> {
    const { Policy } = await scene.target.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    return Policy?.Arn ?? '';
  }

  it.concurrent('who runs a wider definition and puts it back widens no role under Hold', async () => {
    const tenant = await Tenant.in(scene, HELD);
    const pause = { Type: 'Wait', Seconds: 600 };
    const narrow = chain({ Pause: pause, Charge: sendMessage('charges') });
    const wide = chain({ Pause: pause, Charge: sendMessage('charges'), Steal: sendMessage('secrets') });
    const stateMachineArn = await scene.workflow('held', narrow);
    const link = await tenant.create('held', {
      stateMachineARN: stateMachineArn,
      targetRole: { arn: targetRole('held/held') },
    });
    await scene.ready(link);
    const before = await viewRole(scene.target, 'held');
    const { sfn } = scene.source;
    const definition = await scene.definition(stateMachineArn);
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(wide) }));
    await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    await scene.reconcile(link);
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    await scene.reconcile(link);
    await scene.target.iam.send(
      new DeleteRolePolicyCommand({ RoleName: 'held', PolicyName: OPERATOR_POLICY }),
    );
    await scene.source.iam.send(
      new DeleteRolePolicyCommand({ RoleName: 'held', PolicyName: OPERATOR_POLICY }),
    );
    await scene.reconcile(link);
    await scene.ready(link);
    expect(await viewRole(scene.target, 'held')).toStrictEqual(before);
    const written = scene.writesOn('held').map(({ parameters }) => parameters.get('PolicyDocument') ?? '');
    expect(written.join('\n')).not.toContain('secrets');
  });

  it.concurrent('is told of no role and no link of another namespace', async () => {
    const theirs = await scene.workflow('theirs', chain({ Hide: sendMessage('hidden-queue') }));
    const role = 'secret-role';
    const hidden = await neighbour.create('hidden-link', {
      stateMachineARN: theirs,
      targetRole: { arn: targetRole(`hidden/${role}`) },
    });
    await scene.ready(hidden);
    // The name of their role at another path, their role itself, their machine, and their Task.
    const own = await scene.workflow('own', chain({ Hide: sendMessage('charges') }));
    const probes = [
      await shop.create('name', { stateMachineARN: own, targetRole: { arn: targetRole(role) } }),
      await shop.create('machine', { stateMachineARN: theirs, targetRole: { arn: targetRole('probe') } }),
    ];
    for (const probe of probes) await scene.until(probe, { status: 'False' });
    // If a grant that both share is disturbed, each is told only of its own role.
    await scene.source.iam.send(
      new DeleteRolePolicyCommand({ RoleName: 'theirs', PolicyName: OPERATOR_POLICY }),
    );
    for (const probe of probes) await scene.reconcile(probe);
    const foreign = /hidden-link|hidden\/|neighbour-of-shop|hidden-queue/;
    for (const probe of probes) expect(await reported(probe)).not.toMatch(foreign);
    const list = await shop.kubectl(['get', 'xal', '-o', 'wide']);
    expect(list).not.toMatch(foreign);
    await expect(shop.kubectl(['get', 'xal', '-n', neighbour.namespace])).rejects.toThrow(/forbidden/);
    // Their role by its whole name, as if it were kept elsewhere.
    const observer = await shop.create('observer', {
      stateMachineARN: own,
      targetRole: { arn: targetRole(`hidden/${role}`), managementPolicy: 'Observe' },
    });
    await scene.until(observer, { status: 'False', reason: 'RoleOwnedByOtherNamespace' });
    expect(await reported(observer)).not.toMatch(/theirs|hidden-queue|SendMessage/);
    expect(writtenOn(scene, 'own')).toStrictEqual([]);
  });

  /** Everything that the operator says about a link to people who may read its namespace. */
  async function reported(link: LinkName): Promise<string> {
    const { status, metadata } = await scene.get(link);
    return JSON.stringify([status, metadata.annotations]) + (await scene.events(link));
  }
});
