/** What making links costs in calls, counted exactly; what a check costs is in drift/poll.test.ts. `make bench` measures
 *  the same at full size, and the times. */
import { describe, expect, it } from '@jest/globals';
import { countsOf } from '../../../bench/counts.ts';
import { createMachines, fleetOf } from '../../../bench/fleet.ts';
import { machineOf, withRig, type Rig } from '../../../bench/rig.ts';
import { about } from '../../expectations.ts';

/** A definition is overwritten only within a second of being read. The operator counts it from before its call, the proxy from
 *  when that arrives, which in a burst of calls is some hundred milliseconds later; a read that is made without need follows the
 *  one before within a few. */
const MOST_OF_A_SECOND_MS = 400;

describe('making links', () => {
  it('takes two calls for each role, a grant, a read and an update, and a look at each account', async () => {
    const links = 40;
    const fleet = fleetOf({ links, sources: 4, targets: 4, namespace: 'made', prefix: 'link' });
    await withRig({ fleets: [fleet], latencyMs: 0 }, async (rig) => {
      await createMachines(rig.emulatorUrl, fleet);
      await rig.startOperator();
      await rig.registerAndConnect();
      // Events of the accounts trail behind their status.
      await rig.untilQuiet();
      rig.clearCounts();
      await rig.apply(fleet);
      await rig.watch.untilReady(fleet, 60_000);
      await rig.untilQuiet();

      const { byName, kubernetesWrites } = countsOf(rig);
      // A role each.
      expect(byName['CreateRole']).toBe(links);
      // Permissions and a grant each.
      expect(byName['PutRolePolicy']).toBe(2 * links);
      // A definition each.
      expect(byName['UpdateStateMachine']).toBe(links);
      // A page an account.
      expect(byName['GetAccountAuthorizationDetails']).toBe(8);
      assertReadOnce(rig);
      // A finalizer each.
      expect(byName['patch crossaccountlinks']).toBe(links);
      // Two statuses each: which Tasks are about to be the link's, before the definition is written, and what became of all.
      expect(byName['patch crossaccountlinks status']).toBe(2 * links);
      // An Event each.
      expect(byName['create events']).toBe(links);
      // Nothing else, but for the accounts: a finalizer each, and once how many links they have by then.
      expect(byName['patch awsaccounts']).toBe(8);
      const ofAccounts = 8 + (byName['patch awsaccounts status'] ?? 0);
      expect(ofAccounts).toBeLessThanOrEqual(2 * 8);
      expect(kubernetesWrites).toBe(4 * links + ofAccounts);
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
    about(`${machine} was read again after ${Math.round(pauseMs)} ms`, () =>
      expect(pauseMs).toBeGreaterThanOrEqual(MOST_OF_A_SECOND_MS),
    );
    readAt.set(machine, startedAt);
  }
}
