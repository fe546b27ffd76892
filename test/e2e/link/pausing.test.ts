/** How an owner can hold the operator back: Observe, suspend, Retain, abandon, and a reconcile on request. */
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { credentialsIn, policyOf, viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { TARGET, targetRole } from './aws-owners.ts';
import { startScene, type Scene } from './scene.ts';
import { document, OPERATOR_POLICY } from './policies.ts';
import { linked } from './linked.ts';

const NAMESPACE = 'payments';
const DENIES_ALL = document({ Effect: 'Deny', Principal: '*', Action: '*' });

describe('a link in its owner’s hand', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  async function inAws(name: string, machine: string) {
    const grant = (await viewRole(scene.source, name))?.inlinePolicies[OPERATOR_POLICY];
    return {
      role: (await viewRole(scene.target, name)) !== undefined,
      grant: grant !== undefined,
      credentials: Object.keys(credentialsIn(await scene.definition(machine))).length,
    };
  }
  const ALL = { role: true, grant: true, credentials: 1 };
  const NOTHING = { role: false, grant: false, credentials: 0 };

  it.concurrent('with deletionPolicy Retain leaves AWS as it is when it goes', async () => {
    const link = await linked(scene, 'retained', { spec: { deletionPolicy: 'Retain' } });
    await scene.ready(link);
    await scene.delete(link);
    expect(await inAws('retained', link.machine)).toStrictEqual(ALL);
  });

  it.concurrent('lets go without touching AWS when it is abandoned, and audits what stays', async () => {
    const link = await linked(scene, 'abandoned', { spec: { suspend: false } });
    await scene.ready(link);
    await scene.annotate(link, 'crossaccountlink.dev/abandon=true');
    await scene.delete(link);
    expect(await inAws('abandoned', link.machine)).toStrictEqual(ALL);
    // It is reported once the link is gone.
    await eventually('the audit of what stays', () => {
      const audit = scene
        .logLines()
        .find((line) => line['audit'] === true && line['inventory'] !== undefined);
      expect(audit?.['link']).toBe(`${NAMESPACE}/abandoned`);
      expect(JSON.stringify(audit?.['inventory'])).toMatch(/role\/crossaccountlink\/abandoned/);
    });
  });

  it.concurrent('stays Ready while suspended, and nothing is repaired until it is resumed', async () => {
    const link = await linked(scene, 'suspended');
    const ready = await scene.ready(link);
    await scene.patch(link, { suspend: true });
    const suspended = await scene.until(link, { status: 'True' });
    expect(readyOf(suspended)?.lastTransitionTime).toStrictEqual(readyOf(ready)?.lastTransitionTime);
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'suspended',
        PolicyDocument: DENIES_ALL,
      }),
    );
    await scene.reconcile(link);
    expect((await viewRole(scene.target, 'suspended'))?.trust).toStrictEqual(JSON.parse(DENIES_ALL));
    await scene.patch(link, { suspend: false });
    await scene.ready(link);
    expect(JSON.stringify((await viewRole(scene.target, 'suspended'))?.trust)).toMatch(/sts:ExternalId/);
  });

  it.concurrent('suspended is Unknown when its spec changes, and follows it once resumed', async () => {
    const link = await linked(scene, 'edited');
    await scene.ready(link);
    await scene.patch(link, { suspend: true });
    await scene.until(link, { status: 'True' });
    await scene.patch(link, { targetRole: { description: 'new' } });
    await scene.until(link, { status: 'Unknown', reason: 'Suspended' });
    expect((await viewRole(scene.target, 'edited'))?.tags['team']).toBeUndefined();
    await scene.patch(link, { suspend: false, targetRole: { tags: { team: 'payments' } } });
    await scene.ready(link);
    expect((await viewRole(scene.target, 'edited'))?.tags['team']).toBe('payments');
  });

  it.concurrent('applied suspended does nothing, and is Unknown', async () => {
    const link = await linked(scene, 'asleep', { spec: { suspend: true } });
    await scene.until(link, { status: 'Unknown', reason: 'Suspended' });
    expect(await inAws('asleep', link.machine)).toStrictEqual(NOTHING);
    await scene.delete(link);
  });

  it.concurrent('suspended and deleted says DeletionBlocked, and goes once resumed', async () => {
    const link = await linked(scene, 'stuck');
    await scene.ready(link);
    await scene.patch(link, { suspend: true });
    await scene.until(link, {});
    await scene.startDeleting(link);
    await scene.until(link, { reason: 'DeletionBlocked', message: /suspend is true: resume.*or abandon/ });
    expect(await inAws('stuck', link.machine)).toStrictEqual(ALL);
    await scene.patch(link, { suspend: false });
    await scene.untilGone(link);
    expect(await inAws('stuck', link.machine)).toStrictEqual(NOTHING);
  });

  it.concurrent('that observes writes nothing, has no finalizer, and says what it would change', async () => {
    const link = await linked(scene, 'observed', { spec: { managementPolicy: 'Observe' } });
    const object = await scene.until(link, {
      status: 'False',
      reason: 'DriftDetected',
      message: /role\/crossaccountlink\/observed/,
    });
    await scene.until(link, { type: 'Stalled', status: 'True' });
    expect(object.metadata.finalizers).toStrictEqual([]);
    expect(await inAws('observed', link.machine)).toStrictEqual(NOTHING);
    expect(scene.writesOn('observed')).toStrictEqual([]);
    await scene.delete(link);
  });

  it.concurrent('may observe one leg, which others keep, and is Ready once they have', async () => {
    const link = await linked(scene, 'partly', {
      spec: { executionRoleGrant: { managementPolicy: 'Observe' } },
    });
    await scene.until(link, { type: 'ExecutionRoleGrantReady', status: 'False', reason: 'DriftDetected' });
    await scene.until(link, { type: 'TargetRoleReady', status: 'True' });
    const { grant, role } = await inAws('partly', link.machine);
    expect({ grant, role }).toStrictEqual({ grant: false, role: true });
    await scene.grant('partly', targetRole('partly'), 'their-grant');
    await scene.reconcile(link);
    await scene.ready(link);
    await scene.delete(link);
    expect(await inAws('partly', link.machine)).toStrictEqual(NOTHING);
    expect(Object.keys((await viewRole(scene.source, 'partly'))?.inlinePolicies ?? {})).toStrictEqual([
      'their-grant',
    ]);
  });

  it.concurrent('may observe what others keep on both sides, and links the definition to it', async () => {
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
    expect(credentialsIn(await scene.definition(machine))).toStrictEqual({ Send: { RoleArn: arn } });
    await scene.delete(link);
    expect(await viewRole(scene.target, 'theirs')).toStrictEqual(theirs);
    expect(scene.writesOn('theirs').map(({ operation }) => operation)).toStrictEqual([
      'UpdateStateMachine',
      'UpdateStateMachine',
    ]);
  });

  it.concurrent('turned from Enforce to Observe loses its finalizer, and AWS stays as it is', async () => {
    const link = await linked(scene, 'handed-over');
    await scene.ready(link);
    await scene.patch(link, { managementPolicy: 'Observe' });
    await scene.ready(link);
    await eventually('the finalizer to be gone', async () => {
      const { metadata, status } = await scene.get(link);
      expect(metadata.finalizers).toStrictEqual([]);
      expect(status.inventory ?? []).toStrictEqual([]);
    });
    await scene.delete(link);
    expect(await inAws('handed-over', link.machine)).toStrictEqual(ALL);
  });

  it.concurrent('turned from Observe to Enforce is built up', async () => {
    const link = await linked(scene, 'taken-over', { spec: { managementPolicy: 'Observe' } });
    await scene.until(link, { status: 'False', reason: 'DriftDetected' });
    await scene.patch(link, { managementPolicy: 'Enforce' });
    const ready = await scene.ready(link);
    expect(ready.metadata.finalizers).toStrictEqual([FINALIZER]);
    expect(await inAws('taken-over', link.machine)).toStrictEqual(ALL);
  });

  it.concurrent('answers a reconcile that was asked for, and repairs what it finds', async () => {
    const link = await linked(scene, 'asked');
    await scene.ready(link);
    await scene.target.iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: 'asked', PolicyDocument: DENIES_ALL }),
    );
    const answered = await scene.reconcile(link);
    expect(readyOf(answered)?.status).toBe('True');
    expect(policyOf((await viewRole(scene.target, 'asked'))?.trust)).toHaveLength(1);
    expect(JSON.stringify((await viewRole(scene.target, 'asked'))?.trust)).toMatch(/sts:ExternalId/);
    const fields = answered.status.drift?.recent?.map(({ field }) => field.replace(/\W.*/, ''));
    expect(new Set(fields)).toStrictEqual(new Set(['trustPolicy']));
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
