/** One drift check of links that are in sync: many targets, one source. */
import { countsOf } from '../counts.ts';
import { fleetOf } from '../fleet.ts';
import { createInSync } from '../in-sync.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

export const check: Part = async ({ links, accounts, latencyMs, program }, say) => {
  const fleet = fleetOf({
    links,
    sources: 1,
    targets: accounts,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: '30s',
  });
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    await createInSync(rig.emulatorUrl, fleet);
    await rig.register();
    await rig.apply(fleet);
    await rig.startOperator();
    await rig.watch.untilReady(fleet);
    await rig.untilQuiet();
    rig.clearCounts();
    await rig.untilChecked(fleet);
    const counts = countsOf(rig);
    say(JSON.stringify(counts.byName));
    return {
      check: {
        calls: counts.aws,
        callsPerLink: counts.aws / links,
        iamCallsPerLink: counts.iam / links,
        writes: counts.awsWrites + counts.kubernetesWrites,
      },
    };
  });
};
