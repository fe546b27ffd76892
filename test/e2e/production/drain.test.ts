/** SIGTERM in the middle of work, and an upgrade that replaces one replica after the other. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { credentialsIn, viewRole } from '../link/aws-views.ts';
import { machineArn } from '../link/aws-owners.ts';
import { callFor, startReplicas, TENANT, type Replica, type Replicas } from './replicas.ts';

const BATCHES = Array.from({ length: 8 }, (_, batch) =>
  Array.from({ length: 5 }, (__, index) => `rolling-${batch}-${index}`),
);

describe('an operator that is told to stop', { concurrency: false }, () => {
  let replicas: Replicas;
  let leader: Replica;
  let standby: Replica;

  before(async () => {
    replicas = await startReplicas();
    leader = replicas.first();
    standby = await replicas.start(['--grace-period=1s']);
  });
  after(() => replicas.stop());

  it('finishes the reconcile under way, begins no other, and hands over', async () => {
    await replicas.workflow('late');
    const look = leader.aws.rules.hold(callFor('finished', 'DescribeStateMachine'));
    const [finished] = await replicas.link('finished');
    await look.arrived;
    const exitCode = leader.terminate();
    await leader.untilSaid('stopping', 5_000);
    const [late] = await replicas.apply('late');
    assert.equal(standby.leads, false);
    look.release();
    assert.equal(await exitCode, 0, leader.process.logTail(5));
    assert.ok(finished && late);
    // The first replica did all of one link, and nothing of the other.
    await replicas.scene.ready(finished);
    assert.equal(leader.writes().at(-1)?.operation, 'UpdateStateMachine');
    assert.deepEqual([...leader.machinesRead()], ['finished']);
    await replicas.scene.ready(late);
    assert.deepEqual(standby.writes().filter(callFor('finished', 'UpdateStateMachine')), []);
  });

  it('leaves what is not finished within the grace period to its successor', async () => {
    const heir = await replicas.start();
    const write = standby.aws.rules.hold(callFor('abandoned', 'PutRolePolicy'));
    const [abandoned] = await replicas.link('abandoned');
    assert.ok(abandoned);
    await write.arrived;
    const stoppedAt = Date.now();
    assert.equal(await standby.terminate(), 0, standby.process.logTail(5));
    const stoppedMs = Date.now() - stoppedAt;
    assert.ok(stoppedMs >= 1_000 && stoppedMs < 5_000, `it took ${stoppedMs} ms`);
    assert.notEqual(standby.saidAt('left unfinished'), undefined);
    const written = standby.writes().length;
    await heir.untilSaid('leading', 5_000);
    await replicas.scene.ready(abandoned);
    // What was sent before the end still arrives, and does no harm.
    write.release();
    const link = await replicas.scene.reconcile(abandoned);
    assert.equal(link.status.drift, undefined);
    assert.equal(standby.writes().length, written);
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
        assert.equal(await replica.terminate(), 0, replica.process.logTail(5));
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
    // First, for `kubectl wait --all` fails when one of those that it waits for goes.
    for (const name of deleted) await scene.untilGone({ namespace: TENANT, name });
    await kubectl('wait', 'xal', '--all', '-n', TENANT, '--for=condition=Ready', '--timeout=30s');
    process.stdout.write(
      `  ${BATCHES.flat().length} links made and ${deleted.length} deleted during an upgrade of two replicas, all as wanted after ${Date.now() - began} ms\n`,
    );
    assert.deepEqual(await rolesLeft(), [
      'abandoned',
      'finished',
      'late',
      ...BATCHES.flatMap((batch) => batch.slice(1)).toSorted(),
    ]);
  });

  it('leaves nothing half-made behind when all links go', async () => {
    const { scene } = replicas;
    await scene.stage.kubectl('delete', 'xal', '--all', '-n', TENANT, '--timeout=60s');
    assert.deepEqual(await rolesLeft(), []);
    for (const name of ['abandoned', 'finished', 'late', ...BATCHES.flat()]) {
      assert.deepEqual((await viewRole(scene.source, name))?.inlinePolicies, {}, name);
      assert.deepEqual(credentialsIn(await scene.definition(machineArn(name))), {}, name);
    }
  });

  async function rolesLeft(): Promise<readonly string[]> {
    const { Roles: roles = [] } = await replicas.scene.target.iam.send(
      new ListRolesCommand({ PathPrefix: '/crossaccountlink/', MaxItems: 1000 }),
    );
    return roles.map(({ RoleName = '' }) => RoleName).toSorted();
  }
});
