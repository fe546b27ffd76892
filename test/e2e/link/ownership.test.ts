/** Who owns a role: the operator does not touch what it did not make, unless it was told to adopt it. */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { policyOf, viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { TARGET, targetRole } from './aws-owners.ts';
import { ROLES, startScene, TENANTS, type LinkName, type Scene } from './scene.ts';
import { OPERATOR_POLICY, document } from './policies.ts';

const NAMESPACE = 'payments';
const BOUNDED = '333333333333';
const BOUNDARY = `arn:aws:iam::${BOUNDED}:policy/boundary`;
/** What the roles' owners wrote on them. */
const OWN_TRUST = [
  { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
];
const OWN_POLICY = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::own/*' }];
/** Within what {@link ROLES} allow. */
const OWN_WITHIN_RULES = [
  {
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: `arn:aws:dynamodb:us-east-1:${TARGET}:table/own`,
  },
];

describe('a target role that already exists', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [BOUNDED] });
    await scene.register(TARGET, [
      {
        namespaces: TENANTS,
        asTarget: { ...ROLES, adoptableRoles: [targetRole('adopt-*')], allowPreserve: true },
      },
    ]);
    await scene.tenant(NAMESPACE);
    await scene.tenant('billing');
  });
  afterAll(() => scene.stop());

  /** As the target account's owner: a role with a trust policy and a policy of their own. */
  async function ownRole(
    name: string,
    Path = '/crossaccountlink/',
    policy: readonly object[] = OWN_POLICY,
  ): Promise<void> {
    const { iam } = scene.target;
    await iam.send(
      new CreateRoleCommand({ RoleName: name, Path, AssumeRolePolicyDocument: document(...OWN_TRUST) }),
    );
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: document(...policy) }),
    );
    await iam.send(new TagRoleCommand({ RoleName: name, Tags: [{ Key: 'owner', Value: 'us' }] }));
  }

  async function link(
    name: string,
    role: Partial<CrossAccountLinkSpec['targetRole']> = {},
    namespace = NAMESPACE,
  ): Promise<LinkName> {
    const machine = await scene.workflow(`${namespace}-${name}`, chain({ [name]: sendMessage(name) }));
    const created = { namespace, name };
    await scene.link(created, { stateMachineARN: machine, targetRole: { arn: targetRole(name), ...role } });
    return created;
  }

  it.concurrent('and was made by somebody else is left alone', async () => {
    await ownRole('foreign');
    const untouched = await viewRole(scene.target, 'foreign');
    const created = await link('foreign');
    const object = await scene.until(created, {
      status: 'False',
      reason: 'RoleNotOwned',
      message: /role\/crossaccountlink\/foreign exists and was not made by this operator: .*Adopt/,
    });
    await scene.until(created, { type: 'TargetRoleReady', status: 'False', reason: 'RoleNotOwned' });
    await scene.until(created, { type: 'Stalled', status: 'True' });
    expect(object.metadata.finalizers).toStrictEqual([]);
    await scene.delete(created);
    expect(await viewRole(scene.target, 'foreign')).toStrictEqual(untouched);
    expect(scene.writesOn('foreign')).toStrictEqual([]);
  });

  it.concurrent('and belongs to links of another namespace is left to them', async () => {
    const theirs = await link('claimed', {}, 'billing');
    await scene.ready(theirs);
    const untouched = await viewRole(scene.target, 'claimed');
    const created = await link('claimed');
    const object = await scene.until(created, { status: 'False', reason: 'RoleOwnedByOtherNamespace' });
    expect(JSON.stringify(object.status.conditions)).not.toMatch(/billing/);
    await scene.delete(created);
    expect(await viewRole(scene.target, 'claimed')).toStrictEqual(untouched);
    await scene.ready(theirs);
  });

  it.concurrent('at another path takes the name, and is left alone', async () => {
    await ownRole('taken', '/elsewhere/');
    const created = await link('taken');
    await scene.until(created, {
      status: 'False',
      reason: 'RoleNotOwned',
      message: /The name taken is taken by another role of the account/,
    });
    await scene.delete(created);
    expect(scene.writesOn('taken')).toStrictEqual([]);
  });

  it.concurrent('is adopted if both agree, keeps its own under Preserve and goes back whole', async () => {
    await ownRole('adopt-kept', '/crossaccountlink/', OWN_WITHIN_RULES);
    const untouched = await viewRole(scene.target, 'adopt-kept');
    const created = await link('adopt-kept', { adoptionPolicy: 'Adopt', unmanaged: 'Preserve' });
    await scene.ready(created);
    const adopted = await viewRole(scene.target, 'adopt-kept');
    expect(Object.keys(adopted?.inlinePolicies ?? {}).sort()).toStrictEqual([OPERATOR_POLICY, 'own']);
    expect(policyOf(adopted?.trust)).toHaveLength(2);
    expect(JSON.stringify(adopted?.trust)).toMatch(/lambda\.amazonaws\.com/);
    expect(adopted?.tags['owner']).toBe('us');
    await scene.delete(created);
    const given = await viewRole(scene.target, 'adopt-kept');
    expect({ ...given, trust: policyOf(given?.trust) }).toStrictEqual({
      ...untouched,
      trust: normal(OWN_TRUST),
    });
  });

  it.concurrent('is not adopted under Preserve while it may do more than the rules allow', async () => {
    await ownRole('adopt-strong');
    const untouched = await viewRole(scene.target, 'adopt-strong');
    const created = await link('adopt-strong', { adoptionPolicy: 'Adopt', unmanaged: 'Preserve' });
    await scene.until(created, {
      status: 'False',
      reason: 'AdoptionTooStrong',
      message: /policy own allows s3:GetObject/,
    });
    expect(await viewRole(scene.target, 'adopt-strong')).toStrictEqual(untouched);
    // A snapshot from before the role was made lets a new link try to create it, which IAM refuses.
    const writes = scene.writesOn('adopt-strong').map(({ operation }) => operation);
    expect(writes.filter((operation) => operation !== 'CreateRole')).toStrictEqual([]);
  });

  it.concurrent('is adopted, cleared of foreign things under Remove and given back', async () => {
    await ownRole('adopt-cleared');
    await scene.target.iam.send(
      new AttachRolePolicyCommand({
        RoleName: 'adopt-cleared',
        PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    );
    const created = await link('adopt-cleared', { adoptionPolicy: 'Adopt', unmanaged: 'Remove' });
    await scene.ready(created);
    const adopted = await viewRole(scene.target, 'adopt-cleared');
    expect(Object.keys(adopted?.inlinePolicies ?? {})).toStrictEqual([OPERATOR_POLICY]);
    expect(adopted?.attached).toStrictEqual([]);
    expect(policyOf(adopted?.trust)).toHaveLength(1);
    await scene.delete(created);
    const given = await viewRole(scene.target, 'adopt-cleared');
    expect(given?.tags).toStrictEqual({ owner: 'us' });
    expect(given?.inlinePolicies).toStrictEqual({});
    expect(JSON.stringify(given?.trust)).not.toMatch(/"Allow"/);
  });

  it.concurrent('needs the account’s boundary before it is adopted', async () => {
    const bounded = scene.clients(BOUNDED);
    const role = `arn:aws:iam::${BOUNDED}:role/crossaccountlink/adopt-bounded`;
    await bounded.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'boundary',
        PolicyDocument: document({ Effect: 'Allow', Action: '*', Resource: '*' }),
      }),
    );
    await bounded.iam.send(
      new CreateRoleCommand({
        RoleName: 'adopt-bounded',
        Path: '/crossaccountlink/',
        AssumeRolePolicyDocument: document(...OWN_TRUST),
      }),
    );
    const resources = [`arn:aws:sqs:us-east-1:${BOUNDED}:*`];
    await scene.register(
      BOUNDED,
      [
        {
          namespaces: TENANTS,
          asTarget: { ...ROLES, allowedResources: resources, adoptableRoles: [role] },
        },
      ],
      { permissionsBoundaryARN: BOUNDARY },
    );
    const machine = await scene.workflow('bounded', chain({ Bounded: sendMessage('bounded', BOUNDED) }));
    const created = { namespace: NAMESPACE, name: 'bounded' };
    await scene.link(created, {
      stateMachineARN: machine,
      targetRole: { arn: role, adoptionPolicy: 'Adopt', unmanaged: 'Remove' },
    });
    await scene.until(created, {
      status: 'False',
      reason: 'AdoptionNeedsBoundary',
      message: /does not carry the account's permissions boundary arn:aws:iam::333333333333:policy\/boundary/,
    });
    expect(scene.writesOn('adopt-bounded')).toStrictEqual([]);
    await bounded.iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: 'adopt-bounded', PermissionsBoundary: BOUNDARY }),
    );
    await scene.reconcile(created);
    await scene.ready(created);
    expect((await viewRole(bounded, 'adopt-bounded'))?.boundary).toBe(BOUNDARY);
  });

  it.concurrent('of the operator’s making is a Preserve link’s, too: foreign content stays', async () => {
    const created = await link('preserving', { unmanaged: 'Preserve' });
    await scene.ready(created);
    await scene.target.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'preserving',
        PolicyName: 'theirs',
        PolicyDocument: document(...OWN_POLICY),
      }),
    );
    await scene.reconcile(created);
    const view = await viewRole(scene.target, 'preserving');
    expect(Object.keys(view?.inlinePolicies ?? {}).sort()).toStrictEqual([OPERATOR_POLICY, 'theirs']);
  });

  it.concurrent('loses foreign content as drift, if the link does not preserve it', async () => {
    const created = await link('cleared');
    await scene.ready(created);
    await scene.target.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'cleared',
        PolicyName: 'theirs',
        PolicyDocument: document(...OWN_POLICY),
      }),
    );
    const { status } = await scene.reconcile(created);
    const view = await viewRole(scene.target, 'cleared');
    expect(Object.keys(view?.inlinePolicies ?? {})).toStrictEqual([OPERATOR_POLICY]);
    expect(JSON.stringify(status.drift)).toMatch(/inlinePolicies\[theirs\]/);
  });
});

/** As the operator sends it back: each action and each principal in a list. */
function normal(
  statements: readonly { Action: string; Principal: { Service: string } }[],
): readonly object[] {
  return statements.map(({ Action, Principal: { Service }, ...rest }) =>
    Object.assign(rest, { Principal: { Service: [Service] }, Action: [Action] }),
  );
}
