/** Drift that is more than a field to put back: objects made again, swapped, or restricted by somebody else. */
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  type Tag,
} from '@aws-sdk/client-iam';
import {
  CreateStateMachineAliasCommand,
  DeleteStateMachineCommand,
  PublishStateMachineVersionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { awsClients } from '../../../testbed/aws-clients.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { orphanPrincipals } from '../../../testbed/proxy/aws-truths/principals.ts';
import { machineArn, SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { credentialsIn, policyOf, viewRole } from '../link/aws-views.ts';
import { chain, putItem, sendMessage, type State } from '../link/definitions.ts';
import { MACHINES, ROLES, startScene, type Scene } from '../link/scene.ts';
import { about, present } from '../../expectations.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const OWNERSHIP: Tag[] = [
  { Key: 'crossaccountlink.dev/cluster-id', Value: CLUSTER_ID },
  { Key: 'crossaccountlink.dev/namespace', Value: 'special' },
];
const SOMEBODY_ELSES_TRUST = document({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'ec2.amazonaws.com' },
});
const OTHER_ROLES = 'outside';

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
  const names = { names: ['hold'] };
  const hold = { namespaces: names, asTarget: { ...ROLES, definitionGrowth: 'Hold' as const } };
  await scene.register(TARGET, [{ namespaces: { names: ['special'] }, asTarget: ROLES }, hold]);
  await scene.register(SOURCE, [{ namespaces: { names: ['special', 'hold'] }, asSource: MACHINES }]);
  for (const namespace of ['special', 'hold']) await scene.stage.kubectl('create', 'namespace', namespace);
  await scene.source.iam.send(
    new CreateRoleCommand({ RoleName: OTHER_ROLES, AssumeRolePolicyDocument: SOMEBODY_ELSES_TRUST }),
  );
});
afterAll(() => scene.stop());

describe('a target role', () => {
  it.concurrent('that somebody made again is reported, left alone and named by nothing', async () => {
    const link = await inSync('remade');
    const { status } = await scene.get(link);
    await deleteTargetRole('remade');
    await makeForeignRole('remade', []);
    const foreign = await viewRole(scene.target, 'remade');
    const writes = () => scene.writesOn('remade').filter(({ accountId }) => accountId === TARGET).length;
    const before = writes();
    await scene.reconcile(link);
    await scene.until(link, {
      status: 'False',
      reason: 'RoleNotOwned',
      message: new RegExp(`recreated by somebody else \\(RoleId was ${status.targetRoleID}, is AROA`),
    });
    await scene.until(link, { type: 'Stalled', status: 'True' });
    await reportedDrift(link, 'roleId', targetRole('remade'));
    expect(await viewRole(scene.target, 'remade')).toStrictEqual(foreign);
    expect(writes()).toBe(before);
    expect((await viewRole(scene.source, 'remade'))?.inlinePolicies).toStrictEqual({});
    expect(credentialsIn(await scene.definition(machineArn('remade')))).toStrictEqual({});
    await scene.target.iam.send(new DeleteRoleCommand({ RoleName: 'remade' }));
    await scene.reconcile(link);
    await scene.ready(link);
  });

  it.concurrent('that somebody made again with our tags copied onto it is not ours either', async () => {
    const link = await inSync('remade-tagged');
    await deleteTargetRole('remade-tagged');
    await makeForeignRole('remade-tagged', OWNERSHIP);
    const foreign = await viewRole(scene.target, 'remade-tagged');
    await scene.reconcile(link);
    await scene.until(link, { status: 'False', reason: 'RoleNotOwned' });
    expect(await viewRole(scene.target, 'remade-tagged')).toStrictEqual(foreign);
  });

  it.concurrent('of somebody else with our tags is left alone, and so is the link’s own', async () => {
    const link = await inSync('copied-from');
    await makeForeignRole('copied-onto', []);
    await scene.target.iam.send(new TagRoleCommand({ RoleName: 'copied-onto', Tags: OWNERSHIP }));
    const foreign = await viewRole(scene.target, 'copied-onto');
    const writes = () => ['copied-from', 'copied-onto'].flatMap((name) => scene.writesOn(name)).length;
    const before = writes();
    await scene.reconcile(link);
    await scene.ready(link);
    expect(await viewRole(scene.target, 'copied-onto')).toStrictEqual(foreign);
    expect(writes()).toBe(before);
    await scene.delete(link);
    expect(await viewRole(scene.target, 'copied-onto')).toStrictEqual(foreign);
  });
});

describe('an execution role', () => {
  it.concurrent('swapped for another that is allowed takes trust and grant with it', async () => {
    const link = await inSync('swapped');
    const successor = await scene.executionRole('successor');
    await setExecutionRole('swapped', successor);
    await scene.reconcile(link);
    await scene.ready(link);
    const { trust } = (await viewRole(scene.target, 'swapped')) ?? {};
    expect(principalsOf(trust)).toStrictEqual([successor]);
    expect(Object.keys((await viewRole(scene.source, 'successor'))?.inlinePolicies ?? {})).toStrictEqual([
      OPERATOR_POLICY,
    ]);
    // The old grant is gone.
    expect((await viewRole(scene.source, 'swapped'))?.inlinePolicies).toStrictEqual({});
    expect((await scene.get(link)).status.executionRoleARN).toBe(successor);
  });

  it.concurrent('swapped for one outside executionRoles is refused, and nothing is given to it', async () => {
    const link = await inSync('swapped-outside');
    const order = await viewRole(scene.target, 'swapped-outside');
    await setExecutionRole('swapped-outside', `arn:aws:iam::${SOURCE}:role/${OTHER_ROLES}`);
    await scene.reconcile(link);
    await scene.until(link, {
      status: 'False',
      reason: 'AccountNotAllowed',
      message: new RegExp(`role/${OTHER_ROLES}`),
    });
    expect(await viewRole(scene.target, 'swapped-outside')).toStrictEqual(order);
    expect((await viewRole(scene.source, OTHER_ROLES))?.inlinePolicies).toStrictEqual({});
  });

  it.concurrent('that was deleted and recreated is let in again, with both RoleIds reported', async () => {
    const link = await inSync('reborn');
    const rule = scene.aws.rules.add(orphanPrincipals(scene.stage.emulator.url, [TARGET]));
    const owner = awsClients(scene.aws.url, SOURCE);
    await owner.iam.send(new DeleteRolePolicyCommand({ RoleName: 'reborn', PolicyName: OPERATOR_POLICY }));
    await owner.iam.send(new DeleteRoleCommand({ RoleName: 'reborn' }));
    rule.remove();
    const [orphan = ''] = principalsOf((await viewRole(scene.target, 'reborn'))?.trust);
    // The trust policy names an ID that is nobody’s.
    expect(orphan).toMatch(/^AROA/);
    const role = await scene.executionRole('reborn');
    await scene.reconcile(link);
    await scene.ready(link);
    expect(principalsOf((await viewRole(scene.target, 'reborn'))?.trust)).toStrictEqual([role]);
    await eventually('the Warning to come', async () => {
      const events = await scene.events(link);
      expect(events).toMatch(
        new RegExp(`Warning ExecutionRoleRemade .*role/tenants/reborn.*RoleId was ${orphan}, is AROA`),
      );
    });
  });

  it.concurrent('that somebody put a Deny on is reported with the statement, and left alone', async () => {
    const link = await inSync('denied');
    const Sid = 'Freeze';
    await put(scene, 'denied', 'freeze', { Sid, Effect: 'Deny', Action: 'sts:*', Resource: '*' });
    const drifted = await viewRole(scene.source, 'denied');
    const writes = scene.writesOn('denied').length;
    await scene.reconcile(link);
    const denied = {
      status: 'False',
      reason: 'ExplicitlyDenied',
      message: /Freeze of freeze denies/,
    } as const;
    await scene.until(link, { type: 'Effective', ...denied });
    await scene.until(link, denied);
    await reportedDrift(link, 'inlinePolicies[freeze].Statement[Freeze]', executionRole('denied'));
    expect(await viewRole(scene.source, 'denied')).toStrictEqual(drifted);
    expect(scene.writesOn('denied')).toHaveLength(writes);
    await scene.source.iam.send(new DeleteRolePolicyCommand({ RoleName: 'denied', PolicyName: 'freeze' }));
    await scene.reconcile(link);
    await scene.ready(link);
  });

  it.concurrent('that somebody put a boundary on is reported with the boundary, and left alone', async () => {
    const link = await inSync('bounded');
    const boundary = await policy('source', 'tight', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
    await scene.source.iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: 'bounded', PermissionsBoundary: boundary }),
    );
    await scene.reconcile(link);
    const denied = { status: 'False', reason: 'NotGranted', message: /permissions boundary/ } as const;
    await scene.until(link, { type: 'Effective', ...denied });
    await scene.until(link, denied);
    await reportedDrift(link, 'permissionsBoundary', executionRole('bounded'));
    expect((await viewRole(scene.source, 'bounded'))?.boundary).toBe(boundary);
  });
});

describe('a managed policy', () => {
  it.concurrent('that bounds the target role is reported with the call that it leaves out', async () => {
    const boundary = await policy('target', 'bound', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    const link = await inSync('bound', { targetRole: { permissionsBoundaryARN: boundary } });
    await newVersion('target', boundary, { Effect: 'Allow', Action: 's3:*', Resource: '*' });
    await scene.reconcile(link);
    const denied = {
      status: 'False',
      reason: 'NotGranted',
      message: /boundary allows.*sqs:SendMessage/,
    } as const;
    await scene.until(link, { type: 'Effective', ...denied });
    await reportedDrift(link, 'defaultVersion', boundary);
    await newVersion('target', boundary, { Effect: 'Allow', Action: '*', Resource: '*' });
    await scene.reconcile(link);
    await scene.ready(link);
  });

  it.concurrent('on the execution role that says something else is reported, and harms nothing', async () => {
    const attached = await policy('source', 'attached', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
    await scene.executionRole('attached');
    await scene.source.iam.send(new AttachRolePolicyCommand({ RoleName: 'attached', PolicyArn: attached }));
    const link = await inSync('attached', {}, executionRole('attached'));
    await newVersion('source', attached, { Effect: 'Allow', Action: 'ec2:*', Resource: '*' });
    await scene.reconcile(link);
    await scene.ready(link);
    await reportedDrift(link, 'defaultVersion', attached);
  });
});

describe('a state machine', () => {
  it.concurrent('that is replaced has Credentials and permissions follow its new Tasks', async () => {
    const link = await inSync('replaced');
    await replaceDefinition('replaced', { Refund: sendMessage('refunds'), Note: putItem(TABLE) });
    await scene.reconcile(link);
    await scene.ready(link);
    const role = targetRole('replaced');
    expect(credentialsIn(await scene.definition(link.machine))).toStrictEqual({
      Refund: { RoleArn: role },
      Note: { RoleArn: role },
    });
    expect(actionsOn(await viewRole(scene.target, 'replaced'))).toStrictEqual([
      `dynamodb:PutItem ${TABLE}`,
      `sqs:SendMessage arn:aws:sqs:us-east-1:${TARGET}:refunds`,
    ]);
  });

  it.concurrent('whose new Tasks go beyond the access rules is refused, and nothing is widened', async () => {
    const link = await inSync('beyond');
    const order = await viewRole(scene.target, 'beyond');
    await replaceDefinition('beyond', { Charge: sendMessage('charges'), Call: invoke('billing') });
    await scene.reconcile(link);
    await scene.until(link, {
      status: 'False',
      reason: 'AccountNotAllowed',
      message: /does not allow lambda:InvokeFunction/,
    });
    expect(await viewRole(scene.target, 'beyond')).toStrictEqual(order);
    expect(credentialsIn(await scene.definition(link.machine))).toStrictEqual({});
  });

  it.concurrent('whose Tasks need more waits, where growth is held, for the link’s edit', async () => {
    const link = await inSync('grown', {}, undefined, 'hold');
    const order = await viewRole(scene.target, 'grown');
    await replaceDefinition('grown', { Charge: sendMessage('charges'), Refund: sendMessage('refunds') });
    await scene.reconcile(link);
    await scene.until(link, { status: 'False', reason: 'GrowthHeld', message: /edit the link/ });
    await scene.reconcile(link);
    expect(await viewRole(scene.target, 'grown')).toStrictEqual(order);
    await scene.patch(link, { targetRole: { description: 'May refund, too' } });
    await scene.ready(link);
    expect(actionsOn(await viewRole(scene.target, 'grown'))).toHaveLength(2);
    expect(Object.keys(credentialsIn(await scene.definition(link.machine)))).toHaveLength(2);
  });

  it.concurrent('that was deleted is reported, and linked again once it is made again', async () => {
    const link = await inSync('returning');
    await scene.source.sfn.send(new DeleteStateMachineCommand({ stateMachineArn: link.machine }));
    await scene.reconcile(link);
    await scene.until(link, { status: 'False', reason: 'StateMachineNotFound' });
    // The role stays, in case the machine comes back.
    expect(actionsOn(await viewRole(scene.target, 'returning'))).toStrictEqual([
      `sqs:SendMessage arn:aws:sqs:us-east-1:${TARGET}:charges`,
    ]);
    await scene.machine('returning', executionRole('returning'), chain({ Charge: sendMessage('charges') }));
    await scene.reconcile(link);
    await scene.ready(link);
    expect(Object.keys(credentialsIn(await scene.definition(link.machine)))).toHaveLength(1);
  });

  it.concurrent('whose alias lacks the Credentials has it named until the alias moves', async () => {
    const stateMachineArn = await scene.workflow('aliased', chain({ Charge: sendMessage('charges') }));
    const old = await publish(stateMachineArn);
    await scene.source.sfn.send(
      new CreateStateMachineAliasCommand({
        name: 'live',
        routingConfiguration: [{ stateMachineVersionArn: old, weight: 100 }],
      }),
    );
    const link = { namespace: 'special', name: 'aliased' };
    await scene.link(link, {
      stateMachineARN: stateMachineArn,
      targetRole: { arn: targetRole('aliased') },
    });
    const ready = await scene.ready(link);
    const named = await scene.until(
      link,
      { status: 'True', message: /alias live.*without the Credentials/ },
      30_000,
    );
    const at = (object: typeof ready) =>
      object.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
    // Ready did not flap.
    expect(at(named)).toBe(at(ready));
    await eventually('the Warning to come', async () => {
      expect(await scene.events(link)).toMatch(/Warning AliasWithoutCredentials .*alias live/);
    });
    await scene.source.sfn.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: `${stateMachineArn}:live`,
        routingConfiguration: [{ stateMachineVersionArn: await publish(stateMachineArn), weight: 100 }],
      }),
    );
    await scene.reconcile(link);
    const moved = await scene.until(link, { status: 'True', message: /^(?!.*alias)/ });
    expect(at(moved)).toBe(at(ready));
  });
});

describe('a repair', () => {
  it('whose answer is lost is reported all the same', async () => {
    const link = await inSync('unanswered');
    const order = await viewRole(scene.source, 'unanswered');
    await put(scene, 'unanswered', OPERATOR_POLICY, {
      Sid: 'CrossAccountLinkGrant',
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: '*',
    });
    scene.aws.rules.add({
      match: ({ operation, parameters }) =>
        operation === 'PutRolePolicy' && parameters.get('RoleName') === 'unanswered',
      fault: { kind: 'lose' },
      times: 1,
    });
    await scene.reconcile(link);
    await scene.ready(link);
    expect(await viewRole(scene.source, 'unanswered')).toStrictEqual(order);
    const { status } = await scene.get(link);
    expect(JSON.stringify(status.drift?.recent)).toMatch(/grant\.Statement/);
  });
});

const TABLE = `arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`;

/** A link that is Ready, everything about it under one name. */
async function inSync(
  name: string,
  spec: { readonly targetRole?: Partial<CrossAccountLinkSpec['targetRole']> } = {},
  roleArn?: string,
  namespace = 'special',
) {
  const definition = chain({ Charge: sendMessage('charges') });
  const machine =
    roleArn === undefined
      ? await scene.workflow(name, definition)
      : await scene.machine(name, roleArn, definition);
  const link = { namespace, name, machine };
  await scene.link(link, {
    stateMachineARN: machine,
    targetRole: { arn: targetRole(name), ...spec.targetRole },
  });
  await scene.ready(link);
  return link;
}

/** Waits until the drift is reported as something that somebody else has to repair: in the status and by a Warning. */
async function reportedDrift(
  link: { namespace: string; name: string },
  field: string,
  object: string,
): Promise<void> {
  const { status } = await scene.get(link);
  const record = status.drift?.recent?.find((one) => one.field === field && one.object === object);
  about(`${field} of ${object} in ${JSON.stringify(status.drift)}`, () =>
    expect(record?.repaired).toBe(false),
  );
  await eventually('the Event to come', async () => {
    const events = await scene.events(link);
    expect(events).toContain(`Warning DriftDetected ${field} of ${object} is `);
  });
}

function executionRole(name: string): string {
  return `arn:aws:iam::${SOURCE}:role/tenants/${name}`;
}

async function deleteTargetRole(RoleName: string): Promise<void> {
  await scene.target.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: OPERATOR_POLICY }));
  await scene.target.iam.send(new DeleteRoleCommand({ RoleName }));
}

async function makeForeignRole(RoleName: string, Tags: Tag[]): Promise<void> {
  const input = {
    RoleName,
    Path: '/crossaccountlink/',
    AssumeRolePolicyDocument: SOMEBODY_ELSES_TRUST,
    Tags,
  };
  await scene.target.iam.send(new CreateRoleCommand(input));
}

async function setExecutionRole(machine: string, roleArn: string): Promise<void> {
  const stateMachineArn = `arn:aws:states:us-east-1:${SOURCE}:stateMachine:${machine}`;
  await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, roleArn }));
}

async function replaceDefinition(machine: string, states: Readonly<Record<string, State>>): Promise<void> {
  const stateMachineArn = `arn:aws:states:us-east-1:${SOURCE}:stateMachine:${machine}`;
  const definition = JSON.stringify(chain(states));
  await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
}

async function publish(stateMachineArn: string): Promise<string> {
  const answer = await scene.source.sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn }));
  return present(answer.stateMachineVersionArn, 'no version was published');
}

function invoke(name: string): State {
  const FunctionName = `arn:aws:lambda:us-east-1:${TARGET}:function:${name}`;
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName } };
}

/** As the owner of an execution role. */
async function put(
  { source }: Scene,
  RoleName: string,
  PolicyName: string,
  statement: object,
): Promise<void> {
  const PolicyDocument = document(statement);
  await source.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
}

async function policy(side: 'source' | 'target', PolicyName: string, statement: object): Promise<string> {
  const PolicyDocument = document(statement);
  const answer = await scene[side].iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
  return present(answer.Policy?.Arn, 'no policy was made');
}

async function newVersion(side: 'source' | 'target', PolicyArn: string, statement: object): Promise<void> {
  const PolicyDocument = document(statement);
  await scene[side].iam.send(
    new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
  );
}

function principalsOf(trust: unknown): readonly string[] {
  return policyOf(trust).flatMap((statement) => Object(statement)['Principal']['AWS'] ?? []);
}

/** What the operator's own policy on a role allows, one line for each action and its resource. */
function actionsOn(role: Awaited<ReturnType<typeof viewRole>>): readonly string[] {
  return policyOf(role?.inlinePolicies[OPERATOR_POLICY])
    .flatMap((statement) => {
      const { Action, Resource } = Object(statement);
      return [Action].flat().flatMap((action) => [Resource].flat().map((arn) => `${action} ${arn}`));
    })
    .toSorted();
}
