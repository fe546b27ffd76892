/** Ways in which an owner holds the operator's hand: Observe, suspend, Retain, abandon, and a reconcile on request. */
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { credentialsIn, policyOf, viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { TARGET, targetRole } from './aws-owners.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';

const NAMESPACE = 'payments';
const GRANT = `CrossAccountLink-${CLUSTER_ID}`;

describe('a link in its owner’s hand', { concurrency: 3 }, () => {
  let scene: Scene;

  before(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  after(() => scene.stop());

  /** A workflow with one Task on a queue of the target account, and a link of the same name. */
  async function linked(name: string, spec: object = {}): Promise<LinkName & { readonly machine: string }> {
    const machine = await scene.workflow(name, chain({ [`Send ${name}`]: sendMessage(name) }));
    const link = { namespace: NAMESPACE, name, machine };
    await scene.link(link, { stateMachineARN: machine, targetRole: { arn: targetRole(name) }, ...spec });
    return link;
  }

  async function inAws(name: string, machine: string) {
    const grant = (await viewRole(scene.source, name))?.inlinePolicies[GRANT];
    return {
      role: (await viewRole(scene.target, name)) !== undefined,
      grant: grant !== undefined,
      credentials: Object.keys(credentialsIn(await scene.definition(machine))).length,
    };
  }
  const ALL = { role: true, grant: true, credentials: 1 };
  const NOTHING = { role: false, grant: false, credentials: 0 };

  it('with deletionPolicy Retain leaves AWS as it is when it goes', async () => {
    const link = await linked('retained', { deletionPolicy: 'Retain' });
    await scene.ready(link);
    await scene.delete(link);
    assert.deepEqual(await inAws('retained', link.machine), ALL);
  });

  it('lets go without touching AWS when it is abandoned, and audits what stays', async () => {
    const link = await linked('abandoned', { suspend: false });
    await scene.ready(link);
    await scene.annotate(link, 'crossaccountlink.dev/abandon=true');
    await scene.delete(link);
    assert.deepEqual(await inAws('abandoned', link.machine), ALL);
    const audit = scene.logLines().find((line) => line['audit'] === true && line['inventory'] !== undefined);
    assert.equal(audit?.['link'], `${NAMESPACE}/abandoned`);
    assert.match(JSON.stringify(audit['inventory']), /role\/crossaccountlink\/abandoned/);
  });

  it('stays Ready while suspended, and nothing is repaired until it is resumed', async () => {
    const link = await linked('suspended');
    const ready = await scene.ready(link);
    await scene.patch(link, { suspend: true });
    const suspended = await scene.until(link, { status: 'True' });
    assert.deepEqual(readyOf(suspended)?.lastTransitionTime, readyOf(ready)?.lastTransitionTime);
    const broken = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: '*' }] };
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'suspended',
        PolicyDocument: JSON.stringify(broken),
      }),
    );
    await scene.reconcile(link);
    assert.deepEqual((await viewRole(scene.target, 'suspended'))?.trust, broken);
    await scene.patch(link, { suspend: false });
    await scene.ready(link);
    assert.match(JSON.stringify((await viewRole(scene.target, 'suspended'))?.trust), /sts:ExternalId/);
  });

  it('is Unknown when its spec changes while it is suspended, and follows it once resumed', async () => {
    const link = await linked('edited');
    await scene.ready(link);
    await scene.patch(link, { suspend: true });
    await scene.until(link, { status: 'True' });
    await scene.patch(link, { targetRole: { description: 'new' } });
    await scene.until(link, { status: 'Unknown', reason: 'Suspended' });
    assert.equal((await viewRole(scene.target, 'edited'))?.tags['team'], undefined);
    await scene.patch(link, { suspend: false, targetRole: { tags: { team: 'payments' } } });
    await scene.ready(link);
    assert.equal((await viewRole(scene.target, 'edited'))?.tags['team'], 'payments');
  });

  it('applied suspended does nothing, and is Unknown', async () => {
    const link = await linked('asleep', { suspend: true });
    await scene.until(link, { status: 'Unknown', reason: 'Suspended' });
    assert.deepEqual(await inAws('asleep', link.machine), NOTHING);
    await scene.delete(link);
  });

  it('says DeletionBlocked when it is deleted while suspended, and goes once it is resumed', async () => {
    const link = await linked('stuck');
    await scene.ready(link);
    await scene.patch(link, { suspend: true });
    await scene.until(link, {});
    await scene.startDeleting(link);
    await scene.until(link, { reason: 'DeletionBlocked', message: /suspend is true: resume.*or abandon/ });
    assert.deepEqual(await inAws('stuck', link.machine), ALL);
    await scene.patch(link, { suspend: false });
    await scene.untilGone(link);
    assert.deepEqual(await inAws('stuck', link.machine), NOTHING);
  });

  it('that observes writes nothing, has no finalizer, and says what it would change', async () => {
    const link = await linked('observed', { managementPolicy: 'Observe' });
    const object = await scene.until(link, {
      status: 'False',
      reason: 'DriftDetected',
      message: /role\/crossaccountlink\/observed/,
    });
    await scene.until(link, { type: 'Stalled', status: 'True' });
    assert.deepEqual(object.metadata.finalizers, []);
    assert.deepEqual(await inAws('observed', link.machine), NOTHING);
    assert.deepEqual(scene.writesOn('observed'), []);
    await scene.delete(link);
  });

  it('may observe one leg, which others keep, and is Ready once they have', async () => {
    const link = await linked('partly', { executionRoleGrant: { managementPolicy: 'Observe' } });
    await scene.until(link, { type: 'ExecutionRoleGrantReady', status: 'False', reason: 'DriftDetected' });
    await scene.until(link, { type: 'TargetRoleReady', status: 'True' });
    const { grant, role } = await inAws('partly', link.machine);
    assert.deepEqual({ grant, role }, { grant: false, role: true });
    await scene.grant('partly', targetRole('partly'), 'their-grant');
    await scene.reconcile(link);
    await scene.ready(link);
    await scene.delete(link);
    assert.deepEqual(await inAws('partly', link.machine), NOTHING);
    assert.deepEqual(Object.keys((await viewRole(scene.source, 'partly'))?.inlinePolicies ?? {}), [
      'their-grant',
    ]);
  });

  it('may observe what others keep on both sides under names of their own, and links the definition to it', async () => {
    const machine = await scene.workflow('theirs', chain({ Send: sendMessage('theirs') }));
    const arn = targetRole('theirs');
    const link = { namespace: NAMESPACE, name: 'theirs' };
    await scene.link(link, {
      stateMachineARN: machine,
      targetRole: { arn, managementPolicy: 'Observe' },
      executionRoleGrant: { managementPolicy: 'Observe' },
    });
    await scene.until(link, { type: 'TargetRoleReady', status: 'False', reason: 'DriftDetected' });
    await scene.grant('theirs', arn, 'their-grant');
    await scene.roleOfOthers('theirs', machine, {
      Action: 'sqs:SendMessage',
      Resource: `arn:aws:sqs:us-east-1:${TARGET}:theirs`,
    });
    const theirs = await viewRole(scene.target, 'theirs');
    await scene.reconcile(link);
    await scene.ready(link);
    assert.deepEqual(credentialsIn(await scene.definition(machine)), { Send: { RoleArn: arn } });
    await scene.delete(link);
    assert.deepEqual(await viewRole(scene.target, 'theirs'), theirs);
    assert.deepEqual(
      scene.writesOn('theirs').map(({ operation }) => operation),
      ['UpdateStateMachine', 'UpdateStateMachine'],
    );
  });

  it('turned from Enforce to Observe loses its finalizer, and AWS stays as it is', async () => {
    const link = await linked('handed-over');
    await scene.ready(link);
    await scene.patch(link, { managementPolicy: 'Observe' });
    await scene.ready(link);
    await eventually('the finalizer to be gone', async () => {
      const { metadata, status } = await scene.get(link);
      assert.deepEqual(metadata.finalizers, []);
      assert.deepEqual(status.inventory ?? [], []);
    });
    await scene.delete(link);
    assert.deepEqual(await inAws('handed-over', link.machine), ALL);
  });

  it('turned from Observe to Enforce is built up', async () => {
    const link = await linked('taken-over', { managementPolicy: 'Observe' });
    await scene.until(link, { status: 'False', reason: 'DriftDetected' });
    await scene.patch(link, { managementPolicy: 'Enforce' });
    const ready = await scene.ready(link);
    assert.deepEqual(ready.metadata.finalizers, [FINALIZER]);
    assert.deepEqual(await inAws('taken-over', link.machine), ALL);
  });

  it('answers a reconcile that was asked for, and repairs what it finds', async () => {
    const link = await linked('asked');
    await scene.ready(link);
    const broken = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: '*' }] };
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'asked', PolicyDocument: JSON.stringify(broken) }),
    );
    const answered = await scene.reconcile(link);
    assert.equal(readyOf(answered)?.status, 'True');
    assert.equal(policyOf((await viewRole(scene.target, 'asked'))?.trust).length, 1);
    assert.match(JSON.stringify((await viewRole(scene.target, 'asked'))?.trust), /sts:ExternalId/);
    assert.notEqual(answered.status.drift?.total ?? 0, 0);
    await scene.untilEvent(link, /Warning DriftDetected trustPolicy/);
  });
});

function readyOf({
  status,
}: {
  status: { conditions?: readonly { type: string; status: string; lastTransitionTime: string }[] };
}) {
  return status.conditions?.find(({ type }) => type === 'Ready');
}
