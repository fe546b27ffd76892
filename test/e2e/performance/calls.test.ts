/** What making links costs in calls, counted exactly; what a check costs is in drift/poll.test.ts. `make bench` measures the same
 *  at full size, and the times. */
import { describe, expect, it } from '@jest/globals';
import { countsOf } from '../../../bench/counts.ts';
import { createMachines, fleetOf } from '../../../bench/fleet.ts';
import { machineOf, withRig, type Rig } from '../../../bench/rig.ts';
import { about } from '../../expectations.ts';

/** A definition is overwritten only within a second of being read. The operator counts from before its call, the proxy from the
 *  call's arrival, which in a burst of calls is some hundred milliseconds later; an unnecessary read would follow the one before
 *  within a few milliseconds. */
const MOST_OF_A_SECOND_MS = 400;

describe('making links', () => {
  it('takes two calls for each role, a grant, a read and an update, and a look at each account', async () => {
    const links = 40;
    const fleet = fleetOf({ links, sources: 4, targets: 4, namespace: 'made', prefix: 'link' });
    await withRig({ fleets: [fleet], latencyMs: 0 }, async (rig) => {
      await createMachines(rig.emulatorUrl, fleet);
      await rig.startOperator();
      await rig.registerAndConnect();
      // Events of the accounts come later than their status.
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
      // Two statuses each: which Tasks will be the link's, before the definition is written, and the result of everything.
      expect(byName['patch crossaccountlinks status']).toBe(2 * links);
      // An Event each.
      expect(byName['create events']).toBe(links);
      // Nothing else, except for the accounts: a finalizer each, and once the number of their links.
      expect(byName['patch awsaccounts']).toBe(8);
      const ofAccounts = 8 + (byName['patch awsaccounts status'] ?? 0);
      expect(ofAccounts).toBeLessThanOrEqual(2 * 8);
      expect(kubernetesWrites).toBe(4 * links + ofAccounts);
    });
  });
});

/** Each machine is read once, and again only if the first read was too old for a write. */
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
