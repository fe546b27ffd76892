/** SIGTERM in the middle of work, and an upgrade that replaces one replica after the other. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentialsIn, viewRole } from '../link/aws-views.ts';
import { machineArn } from '../link/aws-owners.ts';
import { callFor, startReplicas, TENANT, type Replica, type Replicas } from './replicas.ts';
import { about, narrow } from '../../expectations.ts';
import { atMost } from '../../../testbed/eventually.ts';

const BATCHES = Array.from({ length: 8 }, (_, batch) =>
  Array.from({ length: 3 }, (__, index) => `rolling-${batch}-${index}`),
);

describe('an operator that is told to stop', () => {
  let replicas: Replicas;
  let leader: Replica;
  let standby: Replica;

  beforeAll(async () => {
    replicas = await startReplicas();
    leader = replicas.first();
    standby = await replicas.start(['--grace-period=1s']);
  });
  afterAll(() => replicas.stop());

  it('finishes the reconcile under way, begins no other, and hands over', async () => {
    await replicas.workflow('late');
    const look = leader.aws.rules.hold(callFor('finished', 'DescribeStateMachine'));
    const [finished] = await replicas.link('finished');
    await look.arrived;
    const exitCode = leader.terminate();
    await leader.untilSaid('stopping', 5_000);
    const [late] = await replicas.apply('late');
    expect(standby.leads).toBe(false);
    look.release();
    await about(leader.process.logTail(5), async () => {
      expect(await exitCode).toBe(0);
    });
    narrow(finished && late, { finished, late });
    // The first replica did everything for one link, and nothing for the other.
    await replicas.scene.ready(finished);
    expect(leader.writes().at(-1)?.operation).toBe('UpdateStateMachine');
    expect([...leader.machinesRead()]).toStrictEqual(['finished']);
    await replicas.scene.ready(late);
    expect(standby.writes().filter(callFor('finished', 'UpdateStateMachine'))).toStrictEqual([]);
  });

  it('leaves what is not finished within the grace period to its successor', async () => {
    const heir = await replicas.start();
    const write = standby.aws.rules.hold(callFor('abandoned', 'PutRolePolicy'));
    const [abandoned] = await replicas.link('abandoned');
    narrow(abandoned, abandoned);
    await write.arrived;
    const stoppedAt = Date.now();
    await about(standby.process.logTail(5), async () => {
      expect(await standby.terminate()).toBe(0);
    });
    const stoppedMs = Date.now() - stoppedAt;
    expect(stoppedMs).toBeGreaterThanOrEqual(1_000);
    expect(stoppedMs).toBeLessThan(atMost(5_000));
    expect(standby.saidAt('left unfinished')).toBeDefined();
    const written = standby.writes().length;
    await heir.untilSaid('leading', 5_000);
    await replicas.scene.ready(abandoned);
    // What was sent before the end still arrives, and does no harm.
    write.release();
    const link = await replicas.scene.reconcile(abandoned);
    expect(link.status.drift).toBeUndefined();
    expect(standby.writes()).toHaveLength(written);
    leader = heir;
  });

  it('loses nothing in a rolling upgrade under load', async () => {
    const { scene } = replicas;
    const { kubectl } = scene.stage;
    const old = [leader, await replicas.start()];
    const began = Date.now();
    const upgrade = async () => {
      for (const replica of old) {
        await replicas.start();
        await about(replica.process.logTail(5), async () => {
          expect(await replica.terminate()).toBe(0);
        });
      }
    };
    const deleted: string[] = [];
    const load = async () => {
      for (const batch of BATCHES) {
        await replicas.link(...batch);
        const [first = ''] = batch;
        deleted.push(first);
        await kubectl('delete', 'xal', first, '-n', TENANT, '--wait=false');
      }
    };
    await Promise.all([upgrade(), load()]);
    // This comes first, because `kubectl wait --all` fails if one of those that it waits for is deleted.
    for (const name of deleted) await scene.untilGone({ namespace: TENANT, name });
    await kubectl('wait', 'xal', '--all', '-n', TENANT, '--for=condition=Ready', '--timeout=30s');
    process.stdout.write(
      `  ${BATCHES.flat().length} links made and ${deleted.length} deleted during an upgrade of two replicas, all as wanted after ${Date.now() - began} ms\n`,
    );
    expect(await rolesLeft()).toStrictEqual([
      'abandoned',
      'finished',
      'late',
      ...BATCHES.flatMap((batch) => batch.slice(1)).toSorted(),
    ]);
  });

  it('leaves nothing half-made behind when all links go', async () => {
    const { scene } = replicas;
    await scene.stage.kubectl('delete', 'xal', '--all', '-n', TENANT, '--timeout=60s');
    expect(await rolesLeft()).toStrictEqual([]);
    for (const name of ['abandoned', 'finished', 'late', ...BATCHES.flat()]) {
      expect((await viewRole(scene.source, name))?.inlinePolicies).toStrictEqual({});
      expect(credentialsIn(await scene.definition(machineArn(name)))).toStrictEqual({});
    }
  });

  async function rolesLeft(): Promise<readonly string[]> {
    const { Roles: roles = [] } = await replicas.scene.target.iam.send(
      new ListRolesCommand({ PathPrefix: '/crossaccountlink/', MaxItems: 1000 }),
    );
    return roles.map(({ RoleName = '' }) => RoleName).toSorted();
  }
});
