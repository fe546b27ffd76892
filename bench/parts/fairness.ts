/** A namespace with ten links beside one with a thousand, in the same accounts: does it wait behind them? */
import { eventually } from '../../testbed/eventually.ts';
import { createMachines, fleetOf, type Fleet } from '../fleet.ts';
import { withRig, type Rig } from '../rig.ts';
import type { Part } from './part.ts';

const SMALL = 10;
/** 1,000 links at full size. */
const FACTOR = 5;
/** The thousand are well under way when this share of them is Ready. */
const UNDER_WAY = 0.05;

export const fairness: Part = async ({ links, accounts, latencyMs, program }, say) => {
  const fleet = (namespace: string, size: number) =>
    fleetOf({
      links: size,
      sources: accounts,
      targets: accounts,
      namespace,
      prefix: namespace,
      driftCheckInterval: '1h',
    });
  const alone = fleet('alone', SMALL);
  const large = fleet('large', links * FACTOR);
  const small = fleet('small', SMALL);
  const fleets = [alone, large, small];
  return withRig({ fleets, latencyMs, program }, async (rig) => {
    for (const each of fleets) await createMachines(rig.emulatorUrl, each);
    await rig.startOperator();
    await rig.registerAndConnect();
    const aloneSeconds = await secondsToReady(rig, alone);
    const applying = rig.apply(large);
    await eventually(
      'the large namespace to be under way',
      () => {
        const done = rig.watch.readyIn(large);
        if (done < large.links.length * UNDER_WAY) throw new Error(`${done} links are Ready`);
      },
      { deadlineMs: 120_000 },
    );
    const smallTenantSeconds = await secondsToReady(rig, small);
    say(`then ${rig.watch.readyIn(large)} of ${large.links.length} links of the large namespace were Ready`);
    await applying;
    return { fairness: { smallTenantSeconds, aloneSeconds } };
  });
};

/** From `kubectl apply` until all links of a fleet are Ready. */
export async function secondsToReady(rig: Rig, fleet: Fleet): Promise<number> {
  const began = performance.now();
  await Promise.all([rig.apply(fleet), rig.watch.untilReady(fleet)]);
  return (performance.now() - began) / 1000;
}
