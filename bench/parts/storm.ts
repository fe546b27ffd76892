/** Links are made while a share of all calls fails: how long until all are Ready, and how many fall back meanwhile. */
import { startStorm } from '../../testbed/proxy/storm.ts';
import { createMachines, fleetOf } from '../fleet.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

const SHARES = [0, 0.02, 0.1, 0.4] as const;
/** If two of five calls fail, it takes long. */
const DEADLINE_MS = 900_000;

export const storm: Part = async ({ links, accounts, latencyMs, program }, say) => {
  const figures: Record<string, number> = { links };
  for (const share of SHARES) {
    const percent = Math.round(share * 100);
    const fleet = fleetOf({
      links,
      sources: accounts,
      targets: accounts,
      namespace: 'bench',
      prefix: 'link',
    });
    const seconds = await withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
      await createMachines(rig.emulatorUrl, fleet);
      await rig.startOperator();
      await rig.registerAndConnect();
      const began = performance.now();
      const bad = startStorm(rig.aws, rig.kubernetes, share);
      await Promise.all([rig.apply(fleet), rig.watch.untilReady(fleet, DEADLINE_MS)]);
      const took = (performance.now() - began) / 1000;
      bad.end();
      say(`${percent} %: ${took.toFixed(1)} s, ${bad.failed} calls failed, ${rig.watch.fellBack} fell back`);
      figures[`fellBack${percent}`] = rig.watch.fellBack;
      return took;
    });
    figures[`seconds${percent}`] = seconds;
  }
  return { storm: figures };
};
