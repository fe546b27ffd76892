/** What making links costs in calls, counted exactly; what a check costs is in drift/poll.test.ts. `make bench` measures
 *  the same at full size, and the times. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countsOf } from '../../../bench/counts.ts';
import { createMachines, fleetOf } from '../../../bench/fleet.ts';
import { machineOf, withRig, type Rig } from '../../../bench/rig.ts';

/** A definition is overwritten only within a second of being read. The proxy sees that second a little shorter or longer
 *  than the operator; a read that is made without need comes sooner. */
const ABOUT_A_SECOND_MS = 700;

describe('making links', () => {
  it('takes two calls for each role, a grant, a read and an update, and a look at each account', async () => {
    const links = 40;
    const fleet = fleetOf({ links, sources: 4, targets: 4, namespace: 'made', prefix: 'link' });
    await withRig({ fleets: [fleet], latencyMs: 0 }, async (rig) => {
      await createMachines(rig.emulatorUrl, fleet);
      await rig.startOperator();
      await rig.registerAndConnect();
      rig.clearCounts();
      await rig.apply(fleet);
      await rig.watch.untilReady(fleet, 60_000);
      await rig.untilQuiet();

      const { byName, kubernetesWrites } = countsOf(rig);
      assert.equal(byName['CreateRole'], links, 'a role each');
      assert.equal(byName['PutRolePolicy'], 2 * links, 'permissions and a grant each');
      assert.equal(byName['UpdateStateMachine'], links, 'a definition each');
      assert.equal(byName['GetAccountAuthorizationDetails'], 8, 'a page an account');
      assertReadOnce(rig);
      assert.equal(byName['patch crossaccountlinks'], links, 'a finalizer each');
      assert.equal(byName['patch crossaccountlinks status'], links, 'a status each');
      assert.equal(byName['create events'], links, 'an Event each');
      assert.ok(kubernetesWrites <= 4 * links, `${kubernetesWrites} writes to Kubernetes`);
    });
  });
});

/** Each machine is read once; again only where the first read was too old to write upon. */
function assertReadOnce(rig: Rig): void {
  const readAt = new Map<string, number>();
  for (const { call, startedAt } of rig.aws.calls.all) {
    const machine = machineOf(call);
    if (call.operation !== 'DescribeStateMachine' || machine === undefined) continue;
    const before = readAt.get(machine) ?? Number.NEGATIVE_INFINITY;
    const pauseMs = startedAt - before;
    assert.ok(pauseMs >= ABOUT_A_SECOND_MS, `${machine} was read again after ${Math.round(pauseMs)} ms`);
    readAt.set(machine, startedAt);
  }
}
