/** AWS's quotas in force: links in one source account are Ready as soon as its quotas allow, without running into throttles. */
import { AWS_QUOTAS, quotas } from '../../testbed/proxy/quotas.ts';
import { createMachines, fleetOf, type Fleet } from '../fleet.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

/** 300 links at full size. */
const FACTOR = 1.5;
/** More than the burst, so that there is a minimum. */
const LEAST = 150;

export const quota: Part = async ({ links, accounts, latencyMs, program }, say) => {
  const fleet = fleetOf({
    links: Math.max(LEAST, Math.round(links * FACTOR)),
    sources: 1,
    targets: accounts,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: '1h',
  });
  const floor = floorSeconds(fleet);
  say(`AWS's buckets let ${fleet.links.length} links be made in ${floor} s, and no sooner`);
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    await createMachines(rig.emulatorUrl, fleet);
    const throttled = rig.aws.rules.add(quotas());
    await rig.startOperator();
    await rig.registerAndConnect();
    rig.clearCounts();
    const began = performance.now();
    await Promise.all([rig.apply(fleet), rig.watch.untilReady(fleet, floor * 3_000)]);
    const seconds = (performance.now() - began) / 1000;
    const calls = rig.aws.calls.count();
    return {
      quota: { seconds, floorRatio: seconds / floor, calls, throttledShare: throttled.hits / calls },
    };
  });
};

/** The longest time that any bucket needs for the links: each link takes an update, a grant in its source account, and a role
 *  with its permissions in its target account. */
function floorSeconds({ links, targets }: Fleet): number {
  const needs = [
    { api: 'states:UpdateStateMachine', calls: links.length },
    { api: 'iam:*', calls: links.length },
    { api: 'iam:*', calls: (2 * links.length) / targets.length },
  ];
  const waits = needs.map(({ api, calls }) => {
    const bucket = AWS_QUOTAS.find((candidate) => candidate.api === api);
    return bucket === undefined ? 0 : (calls - bucket.bucket) / bucket.perSecond;
  });
  return Math.max(...waits);
}
