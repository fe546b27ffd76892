/** AWS throttles every call to one account: are links between other accounts affected? */
import { throttle } from '../../testbed/proxy/aws-answers.ts';
import { createMachines, fleetOf, type Fleet } from '../fleet.ts';
import { withRig } from '../rig.ts';
import { secondsToReady } from './fairness.ts';
import type { Part } from './part.ts';

/** Fast enough that the accounts' own pace is not what is measured. */
const UNHURRIED = { burst: 1_000, perSecond: 100 };

export const isolation: Part = async ({ links, latencyMs, program }, say) => {
  const fleet = fleetOf({
    links,
    sources: 2,
    targets: 2,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: '1h',
    iamRate: UNHURRIED,
  });
  const [healthySource, sickSource] = fleet.sources;
  const [healthyTarget, sickTarget] = fleet.targets;
  const between = (source: string | undefined, target: string | undefined): Fleet => ({
    ...fleet,
    links: fleet.links.filter((link) => link.source === source && link.target === target),
  });
  const healthy = between(healthySource, healthyTarget);
  const half = Math.floor(healthy.links.length / 2);
  const before = { ...healthy, links: healthy.links.slice(0, half) };
  const beside = { ...healthy, links: healthy.links.slice(half, 2 * half) };
  const sick = between(sickSource, sickTarget);
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    await createMachines(rig.emulatorUrl, fleet);
    await rig.startOperator();
    await rig.registerAndConnect();
    const aloneSeconds = await secondsToReady(rig, before);
    const throttled = rig.aws.rules.add({
      match: ({ accountId, service }) => accountId === sickTarget && service === 'iam',
      fault: throttle,
    });
    await rig.apply(sick);
    const healthySeconds = await secondsToReady(rig, beside);
    say(`${half} links beside ${sick.links.length} in an account that refused ${throttled.hits} calls`);
    return { isolation: { healthySeconds, aloneSeconds } };
  });
};
