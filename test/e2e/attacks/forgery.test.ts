/** What a tenant writes proves nothing: finalizers, links that no rule admits, tags and Sids set by hand. The admission policy is
 *  not in force here. */
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { machineArn, SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { credentialsIn, viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { MACHINES, ROLES, startScene, TENANTS, type Scene } from '../link/scene.ts';
import { FINALIZER, passed, Tenant, writtenOn } from './tenant.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const FORGED = { finalizers: [FINALIZER] };

describe('a tenant', () => {
  let scene: Scene;
  /** Named in no AWSAccount. */
  let mallory: Tenant;
  /** May link from every machine, into no account. */
  let insider: Tenant;
  /** A namespace whose links are in order. */
  let shop: Tenant;

  beforeAll(async () => {
    scene = await startScene();
    await scene.register(SOURCE, [
      { namespaces: TENANTS, asSource: MACHINES },
      { namespaces: { names: ['insider'] }, asSource: MACHINES },
    ]);
    await scene.register(TARGET, [
      { namespaces: TENANTS, asTarget: { ...ROLES, adoptableRoles: [targetRole('adoptable-*')] } },
    ]);
    mallory = await Tenant.in(scene, 'mallory');
    insider = await Tenant.in(scene, 'insider');
    shop = await Tenant.in(scene, 'shop', { tenant: 'true' });
  });
  afterAll(() => scene.stop());

  /** A machine whose Credentials were written by its owner. */
  async function madeByHand(name: string): Promise<string> {
    const Credentials = { RoleArn: targetRole(name) };
    return scene.workflow(name, chain({ Charge: { ...sendMessage('charges'), Credentials } }));
  }

  it.concurrent('who forges a finalizer and deletes the link changes no machine', async () => {
    const machine = await madeByHand('byhand');
    const before = await scene.definition(machine);
    const spec = { stateMachineARN: machine, targetRole: { arn: targetRole('byhand') } };
    for (const tenant of [mallory, insider]) {
      const link = await tenant.create('forged', spec, FORGED);
      await scene.until(link, { status: 'False', reason: 'AccountNotAllowed' });
      await tenant.delete(link);
      await scene.untilGone(link);
    }
    expect(await scene.definition(machine)).toBe(before);
    expect(writtenOn(scene, 'byhand')).toStrictEqual([]);
  });

  it.concurrent('who forges a finalizer has no Credentials of others overwritten', async () => {
    const machine = await madeByHand('guarded');
    const before = await scene.definition(machine);
    const arn = targetRole('guarded');
    const forged = await mallory.create('guarded', { stateMachineARN: machine, targetRole: { arn } }, FORGED);
    await scene.until(forged, { status: 'False', reason: 'AccountNotAllowed' });
    const link = await shop.create('guarded', {
      stateMachineARN: machine,
      targetRole: { arn: targetRole('guarded-shop') },
      stateMachineCredentials: { tasks: ['Charge'] },
    });
    await scene.until(link, { status: 'False', reason: 'ForeignCredentials' });
    await passed(scene, link);
    expect(await scene.definition(machine)).toBe(before);
    expect(writtenOn(scene, 'guarded').filter((call) => call.startsWith('states'))).toStrictEqual([]);
  });

  it.concurrent('who is refused, machine or no machine, holds up nobody’s deletion', async () => {
    const machine = await scene.workflow('shared', chain({ Charge: sendMessage('charges') }));
    const link = await shop.create('shared', {
      stateMachineARN: machine,
      targetRole: { arn: targetRole('shared') },
    });
    await scene.ready(link);
    const blockers = [
      await mallory.create(
        'blocker',
        { stateMachineARN: machine, targetRole: { arn: targetRole('other') } },
        FORGED,
      ),
      await insider.create(
        'blocker',
        { stateMachineARN: machine, targetRole: { arn: targetRole('shared') } },
        FORGED,
      ),
      await insider.create(
        'nowhere',
        { stateMachineARN: machineArn('nowhere'), targetRole: { arn: targetRole('nowhere') } },
        FORGED,
      ),
    ];
    for (const blocker of blockers) await scene.until(blocker, { status: 'False' });
    await shop.delete(link);
    await scene.untilGone(link);
    expect(await viewRole(scene.target, 'shared')).toBeUndefined();
    expect((await viewRole(scene.source, 'shared'))?.inlinePolicies).toStrictEqual({});
    expect(credentialsIn(await scene.definition(machine))).toStrictEqual({});
  });

  it.concurrent('whose target role is another’s has it in no grant and no definition', async () => {
    const machine = await scene.workflow('unclaimed', chain({ Charge: sendMessage('charges') }));
    await scene.roleOfOthers('unclaimed', machine, { Action: 'sqs:*', Resource: '*' });
    const before = await viewRole(scene.target, 'unclaimed');
    const links = [];
    for (const name of ['unclaimed', 'unclaimed-too']) {
      const arn = targetRole('unclaimed');
      const link = await shop.create(name, { stateMachineARN: machine, targetRole: { arn } }, FORGED);
      await scene.until(link, { status: 'False', reason: 'RoleNotOwned' });
      links.push(link);
    }
    expect((await viewRole(scene.source, 'unclaimed'))?.inlinePolicies).toStrictEqual({});
    for (const link of links) {
      await shop.delete(link);
      await scene.untilGone(link);
    }
    expect(await viewRole(scene.target, 'unclaimed')).toStrictEqual(before);
    expect(writtenOn(scene, 'unclaimed')).toStrictEqual([]);
  });

  for (const [what, name, evidence] of [
    ['owner tags', 'tagged', {}],
    [
      'owner tags, and a Sid like the operator’s in the trust policy of an adoptable role',
      'adoptable-sid',
      { Sid: 'CrossAccountLinkForged' },
    ],
  ] as const) {
    it.concurrent(`who has ${what} set by hand does not get the role deleted or emptied`, async () => {
      const RoleName = name;
      await scene.target.iam.send(
        new CreateRoleCommand({
          RoleName,
          Path: '/crossaccountlink/',
          Tags: [
            { Key: 'crossaccountlink.dev/cluster-id', Value: CLUSTER_ID },
            { Key: 'crossaccountlink.dev/namespace', Value: shop.namespace },
          ],
          AssumeRolePolicyDocument: document({
            ...evidence,
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          }),
        }),
      );
      const PolicyDocument = document({ Effect: 'Allow', Action: '*', Resource: '*' });
      await scene.target.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'theirs', PolicyDocument }),
      );
      const before = await viewRole(scene.target, name);
      const machine = await scene.workflow(name, chain({ Charge: sendMessage('charges') }));
      const link = await shop.create(
        name,
        { stateMachineARN: machine, targetRole: { arn: targetRole(name) } },
        FORGED,
      );
      await scene.until(link, { status: 'False', reason: 'RoleNotOwned' });
      await shop.delete(link);
      await scene.untilGone(link);
      expect(await viewRole(scene.target, name)).toStrictEqual(before);
      expect(writtenOn(scene, name)).toStrictEqual([]);
    });
  }

  it.concurrent('whose execution role has a policy of the operator’s name keeps it', async () => {
    const machine = await scene.workflow('squatted', chain({ Charge: sendMessage('charges') }));
    await scene.grant('squatted', targetRole('squatted'), OPERATOR_POLICY);
    const before = await viewRole(scene.source, 'squatted');
    const link = await shop.create('squatted', {
      stateMachineARN: machine,
      targetRole: { arn: targetRole('squatted') },
    });
    await scene.until(link, { status: 'False', reason: 'PolicyNotOwned' });
    await shop.delete(link);
    await scene.untilGone(link);
    expect(await viewRole(scene.source, 'squatted')).toStrictEqual(before);
  });
});
