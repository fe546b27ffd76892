/** Each kind of drift, under Enforce and then under Observe: found, named, reported, and repaired or left alone. */
import { CreatePolicyCommand, ListInstanceProfilesCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DriftRecord } from '../../../src/api/generated.ts';
import { SOURCE, targetRole } from '../link/aws-owners.ts';
import { viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { startScene, type LinkName, type Scene } from '../link/scene.ts';
import { BOUNDARY, EXTRA_MANAGED, KINDS, OTHER_BOUNDARY, type Kind, type TableLink } from './kinds.ts';
import { narrow } from '../../expectations.ts';
import { document } from '../link/policies.ts';

const DEFINITION = chain({ Charge: sendMessage('charges'), 'Not linked': sendMessage('others') });

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
  for (const arn of [BOUNDARY, OTHER_BOUNDARY, EXTRA_MANAGED]) {
    await scene.target.iam.send(
      new CreatePolicyCommand({ PolicyName: arn.split('/').at(-1), PolicyDocument: EVERYTHING }),
    );
  }
  await scene.tenant('payments');
});
afterAll(() => scene.stop());

const EVERYTHING = document({ Effect: 'Allow', Action: '*', Resource: '*' });

describe('drift', () => {
  for (const kind of KINDS) {
    it.concurrent(`of the kind ${kind.name} is reported, and repaired unless only observed`, async () => {
      const link = await inSync(kind.name);
      await isRepaired(kind, link);
      await scene.patch(linkOf(link), { managementPolicy: 'Observe' });
      await scene.ready(linkOf(link));
      await isLeftAlone(kind, link);
    });
  }
});

async function isRepaired(kind: Kind, link: TableLink): Promise<void> {
  const order = await picture(link);
  await kind.make(scene, link);
  const repaired = await driftMetric('repaired');
  await scene.reconcile(linkOf(link));
  // All is as it was.
  expect(await picture(link)).toStrictEqual(order);
  const { status } = await scene.ready(linkOf(link));
  expect(new Set(repairsOf(status.drift?.recent ?? [], kind, link))).toStrictEqual(new Set([true]));
  await scene.untilEvent(linkOf(link), /Warning DriftDetected/);
  await scene.untilEvent(linkOf(link), /Normal DriftRepaired/);
  // The metric counts it.
  expect(await driftMetric('repaired')).toBeGreaterThan(repaired);
}

async function isLeftAlone(kind: Kind, link: TableLink): Promise<void> {
  await kind.make(scene, link);
  const writes = scene.writesOn(link.name).length;
  await scene.reconcile(linkOf(link));
  const { status } = await scene.until(linkOf(link), { status: 'False', reason: 'DriftDetected' });
  expect(repairsOf(status.drift?.recent ?? [], kind, link)).toContain(false);
  expect(scene.writesOn(link.name)).toHaveLength(writes);
  await scene.until(linkOf(link), { type: 'Stalled', status: 'True' });
}

/** A link that is Ready, with everything about it under one name. */
async function inSync(name: string): Promise<TableLink> {
  const machineArn = await scene.workflow(name, DEFINITION);
  const roleArn = targetRole(name);
  await scene.link(linkOf({ name }), {
    stateMachineARN: machineArn,
    targetRole: { arn: roleArn, permissionsBoundaryARN: BOUNDARY, tags: { team: 'payments' } },
    stateMachineCredentials: { tasks: ['Charge'] },
  });
  await scene.ready(linkOf({ name }));
  return { name, machineArn, roleArn, executionRoleArn: `arn:aws:iam::${SOURCE}:role/tenants/${name}` };
}

function linkOf({ name }: Pick<TableLink, 'name'>): LinkName {
  return { namespace: 'payments', name };
}

/** All that the link is about, as AWS holds it; what may not be touched included. */
async function picture({ name, machineArn }: TableLink) {
  const [target, execution, definition, profiles] = await Promise.all([
    viewRole(scene.target, name),
    viewRole(scene.source, name),
    scene.definition(machineArn),
    instanceProfiles(name),
  ]);
  const parsed: unknown = JSON.parse(definition);
  return { target, execution, definition: parsed, profiles };
}

async function instanceProfiles(RoleName: string): Promise<readonly (string | undefined)[]> {
  const { InstanceProfiles = [] } = await scene.target.iam.send(new ListInstanceProfilesCommand({}));
  return InstanceProfiles.filter(({ Roles = [] }) => Roles.some((role) => role.RoleName === RoleName)).map(
    ({ InstanceProfileName }) => InstanceProfileName,
  );
}

/** Of each record of that drift whether it was repaired. */
function repairsOf(recent: readonly DriftRecord[], kind: Kind, link: TableLink): readonly boolean[] {
  const object = {
    targetRole: link.roleArn,
    executionRole: link.executionRoleArn,
    stateMachine: link.machineArn,
  }[kind.object];
  const records = recent.filter((record) => kind.field.test(record.field) && record.object === object);
  narrow(records.length > 0, `no record of ${kind.field} on ${object} in ${JSON.stringify(recent)}`);
  return records.map(({ repaired }) => repaired);
}

async function driftMetric(kind: 'detected' | 'repaired'): Promise<number> {
  const text = await (await fetch(`${scene.operator.telemetryUrl}/metrics`)).text();
  const samples = text.matchAll(new RegExp(`^crossaccountlink_drift_${kind}_total\\{[^}]*\\} (\\d+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
