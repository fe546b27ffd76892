/** Links that are not Ready, or soon will not be, with the operator restarted in the middle: it says and does the same as if it
 *  had never been away. One test after the other, because they stop and start the operator that all share. */
import {
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GRANT_SID, policyName } from '../../../src/desired/names.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { refuse } from '../../../testbed/proxy/aws-answers.ts';
import { SOURCE, targetRole } from './aws-owners.ts';
import { credentialsIn, viewRole } from './aws-views.ts';
import { chain, putItem, sendMessage } from './definitions.ts';
import { objectOf, startScene, type Scene } from './scene.ts';
import { OPEN_TO_STRANGERS, document } from './policies.ts';
import { linked } from './linked.ts';

const NAMESPACE = 'payments';
const listing = (...tasks: readonly string[]) => ({ stateMachineCredentials: { tasks: [...tasks] } });

describe('with the operator restarted in the middle', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  async function whileDown(step: () => Promise<unknown>): Promise<void> {
    await scene.operator.stop();
    await step();
    await scene.startOperator();
  }

  /** As the developer of the machine, who keeps the Credentials that are there. */
  async function deploy(machine: string, change: (definition: string) => string): Promise<void> {
    const definition = change(await scene.definition(machine));
    await scene.source.sfn.send(new UpdateStateMachineCommand({ stateMachineArn: machine, definition }));
  }

  const credentials = async (machine: string) => credentialsIn(await scene.definition(machine));

  it('a Task that has moved to the source account meanwhile is reported, and its Credentials go with its place in the list', async () => {
    const both = { Keep: sendMessage('kept'), Move: sendMessage('moved') };
    const link = await linked(scene, 'moving', { definition: chain(both), spec: listing('Keep', 'Move') });
    const { machine } = link;
    await scene.ready(link);
    const toSource = `${SOURCE}/moved`;
    await whileDown(() => deploy(machine, (definition) => definition.replace(/\d{12}\/moved/, toSource)));
    await scene.until(link, { status: 'False', reason: 'ResourceElsewhere', message: /"Move"/ });
    await whileDown(() => scene.patch(link, { stateMachineCredentials: { tasks: ['Keep'] } }));
    await scene.ready(link);
    const role = { RoleArn: targetRole('moving') };
    expect(await credentials(machine)).toStrictEqual({ Keep: role });
    await scene.delete(link);
    expect(await credentials(machine)).toStrictEqual({});
  });

  it('a listed Task of the source account never gets Credentials, and deletion leaves nothing', async () => {
    const definition = chain({ Home: sendMessage('home', SOURCE) });
    const link = await linked(scene, 'at-home', { definition, spec: listing('Home') });
    const { machine } = link;
    await scene.until(link, { status: 'False', reason: 'ResourceElsewhere', message: /"Home"/ });
    await whileDown(() => Promise.resolve());
    await scene.reconcile(link);
    await scene.until(link, { status: 'False', reason: 'ResourceElsewhere', message: /"Home"/ });
    expect(await credentials(machine)).toStrictEqual({});
    await whileDown(() => scene.startDeleting(link));
    await scene.untilGone(link);
    expect(await viewRole(scene.target, 'at-home')).toBeUndefined();
    expect(await credentials(machine)).toStrictEqual({});
  });

  it('a link that selects no Task says so again with its candidates, and is Ready once they are listed', async () => {
    const link = await linked(scene, 'bare', { definition: chain({ Store: putItem('orders') }) });
    const { machine } = link;
    const noTasks = { status: 'False', reason: 'NoTasks', message: /"Store"/ } as const;
    await scene.until(link, noTasks);
    await whileDown(() => Promise.resolve());
    await scene.reconcile(link);
    await scene.until(link, noTasks);
    expect(await credentials(machine)).toStrictEqual({});
    await whileDown(() => scene.patch(link, { stateMachineCredentials: { tasks: ['Store'] } }));
    await scene.ready(link);
    expect(await credentials(machine)).toStrictEqual({ Store: { RoleArn: targetRole('bare') } });
  });

  it('a Ready link whose last Task goes meanwhile is no longer Ready', async () => {
    const link = await linked(scene, 'emptied');
    const { machine } = link;
    await scene.ready(link);
    await whileDown(() => deploy(machine, () => JSON.stringify(chain({ Store: putItem('orders') }))));
    await scene.until(link, { status: 'False', reason: 'NoTasks', message: /"Store"/ });
  });

  it('a grant that no status tells of, on a role that nothing of the operator’s runs under, goes', async () => {
    const link = await linked(scene, 'strayed');
    await scene.ready(link);
    await scene.executionRole('strayed-before');
    await scene.executionRole('of-another-cluster');
    await whileDown(async () => {
      // As after a crash between the grant and the first status, with another execution role since.
      for (const [role, cluster] of [
        ['strayed-before', CLUSTER_ID],
        ['of-another-cluster', 'another'],
      ] as const) {
        const statement = {
          Sid: GRANT_SID,
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Resource: targetRole('strayed'),
        };
        const PolicyDocument = document(statement);
        const PolicyName = policyName(cluster);
        await scene.source.iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument }));
      }
    });
    await eventually(
      'the grant to be gone',
      async () => expect((await viewRole(scene.source, 'strayed-before'))?.inlinePolicies).toStrictEqual({}),
      { deadlineMs: 45_000 },
    );
    expect(
      Object.keys((await viewRole(scene.source, 'of-another-cluster'))?.inlinePolicies ?? {}),
    ).toStrictEqual([policyName('another')]);
    expect((await scene.get(link)).status.drift).toBeUndefined();
  });

  it('a write that stays refused hides no drift that came meanwhile, and each leg is reported by itself', async () => {
    const link = await linked(scene, 'refused');
    await scene.ready(link);
    const made = await viewRole(scene.target, 'refused');
    scene.aws.rules.add({
      match: (call) => call.operation === 'TagRole' && objectOf(call) === 'refused',
      fault: refuse('AccessDenied', 'with an explicit deny in a service control policy', 403),
    });
    await scene.patch(link, { targetRole: { tags: { team: 'orders' } } });
    await scene.until(link, { status: 'False', reason: 'AccessDenied' });
    await whileDown(async () => {
      const { iam } = scene.target;
      const PolicyDocument = OPEN_TO_STRANGERS;
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'refused', PolicyDocument }));
      const [PolicyName = ''] = Object.keys(made?.inlinePolicies ?? {});
      await iam.send(new DeleteRolePolicyCommand({ RoleName: 'refused', PolicyName }));
    });
    const { status } = await eventually('the drift to be reported', async () => {
      const object = await scene.get(link);
      const recent = object.status.drift?.recent ?? [];
      expect([recent.length > 0, recent.some(({ repairing }) => repairing)]).toStrictEqual([true, false]);
      return object;
    });
    const now = await viewRole(scene.target, 'refused');
    expect([now?.trust, now?.inlinePolicies]).toStrictEqual([made?.trust, made?.inlinePolicies]);
    const reported = Object.fromEntries((status.conditions ?? []).map((one) => [one.type, one.status]));
    expect(reported).toMatchObject({
      TargetRoleReady: 'False',
      TrustPolicyReady: 'True',
      PermissionsReady: 'True',
      ExecutionRoleGrantReady: 'True',
      Ready: 'False',
    });
    const drifted = (status.drift?.recent ?? []).map(
      ({ field, repaired }) => `${field.replace(/\W.*/, '')} ${repaired}`,
    );
    expect(new Set(drifted)).toStrictEqual(new Set(['trustPolicy true', 'inlinePolicies true']));
  });
});
