/** Each kind of drift, under Enforce and under Observe: found, named, told, and repaired or left alone. */
import { CreatePolicyCommand, ListInstanceProfilesCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DriftRecord } from '../../../src/api/generated.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { SOURCE, targetRole } from '../link/aws-owners.ts';
import { viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { startScene, type Scene } from '../link/scene.ts';
import { BOUNDARY, EXTRA_MANAGED, KINDS, OTHER_BOUNDARY, type Kind, type Subject } from './kinds.ts';
import { narrow } from '../../expectations.ts';

const DEFINITION = chain({ Charge: sendMessage('charges'), 'Not linked': sendMessage('others') });

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
  for (const arn of [BOUNDARY, OTHER_BOUNDARY, EXTRA_MANAGED]) {
    await scene.target.iam.send(
      new CreatePolicyCommand({ PolicyName: arn.split('/').at(-1), PolicyDocument: EVERYTHING }),
    );
  }
  await scene.tenant('enforce');
  await scene.tenant('observe');
});
afterAll(() => scene.stop());

const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

describe('drift under Enforce', () => {
  for (const kind of KINDS) {
    it.concurrent(`${kind.name} is found, reported and repaired, and nothing else is touched`, async () => {
      const subject = await inSync(`e-${kind.name}`, 'enforce');
      const link = { namespace: 'enforce', name: subject.name };
      const order = await picture(subject);
      await kind.make(scene, subject);
      const repaired = await driftMetric('repaired');
      await scene.reconcile(link);
      // All is as it was.
      expect(await picture(subject)).toStrictEqual(order);
      const { status } = await scene.ready(link);
      const record = recordOf(status.drift?.recent ?? [], kind, subject);
      expect(record.repaired).toBe(true);
      await eventually('the Events', async () => {
        const events = await scene.events(link);
        expect(events).toMatch(/Warning DriftDetected/);
        expect(events).toMatch(/Normal DriftRepaired/);
      });
      // The metric counts it.
      expect(await driftMetric('repaired')).toBeGreaterThan(repaired);
    });
  }
});

describe('drift under Observe', () => {
  for (const kind of KINDS) {
    it.concurrent(`${kind.name} is found and reported, and nothing is written`, async () => {
      const subject = await inSync(`o-${kind.name}`, 'observe');
      const link = { namespace: 'observe', name: subject.name };
      await scene.patch(link, { managementPolicy: 'Observe' });
      await scene.ready(link);
      await kind.make(scene, subject);
      const writes = scene.writesOn(subject.name).length;
      await scene.reconcile(link);
      const { status } = await scene.until(link, { status: 'False', reason: 'DriftDetected' });
      const record = recordOf(status.drift?.recent ?? [], kind, subject);
      expect(record.repaired).toBe(false);
      expect(scene.writesOn(subject.name)).toHaveLength(writes);
      await scene.until(link, { type: 'Stalled', status: 'True' });
    });
  }
});

/** A link that is Ready, with everything about it under one name. */
async function inSync(name: string, namespace: string): Promise<Subject> {
  const machineArn = await scene.workflow(name, DEFINITION);
  const roleArn = targetRole(name);
  await scene.link(
    { namespace, name },
    {
      stateMachineARN: machineArn,
      targetRole: { arn: roleArn, permissionsBoundaryARN: BOUNDARY, tags: { team: 'payments' } },
      stateMachineCredentials: { tasks: ['Charge'] },
    },
  );
  await scene.ready({ namespace, name });
  return { name, machineArn, roleArn, executionRoleArn: `arn:aws:iam::${SOURCE}:role/tenants/${name}` };
}

/** All that the link is about, as AWS holds it; what may not be touched included. */
async function picture({ name, machineArn }: Subject) {
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

function recordOf(recent: readonly DriftRecord[], kind: Kind, subject: Subject): DriftRecord {
  const object = {
    targetRole: subject.roleArn,
    executionRole: subject.executionRoleArn,
    stateMachine: subject.machineArn,
  }[kind.object];
  const record = recent.find((candidate) => kind.field.test(candidate.field) && candidate.object === object);
  narrow(record, `no record of ${kind.field} on ${object} in ${JSON.stringify(recent, undefined, 2)}`);
  return record;
}

async function driftMetric(kind: 'detected' | 'repaired'): Promise<number> {
  const text = await (await fetch(`${scene.operator.telemetryUrl}/metrics`)).text();
  const samples = text.matchAll(new RegExp(`^crossaccountlink_drift_${kind}_total\\{[^}]*\\} (\\d+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
