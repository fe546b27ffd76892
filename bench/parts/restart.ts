/** The operator is restarted with many links in sync: it reads each machine once, and writes nothing. */
import { countsOf } from '../counts.ts';
import { fleetOf } from '../fleet.ts';
import { createInSync } from '../in-sync.ts';
import { rssMB } from '../process-memory.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

/** 5,000 at full size. */
const FACTOR = 25;

export const restart: Part = async ({ links: some, accounts, latencyMs, program }, say) => {
  const links = some * FACTOR;
  const fleet = fleetOf({
    links,
    sources: accounts,
    targets: accounts,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: '1h',
  });
  say(
    `${links} links over ${accounts} source accounts: AWS lets 20 machines a second be read in each, after a burst of 200`,
  );
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    await createInSync(rig.emulatorUrl, fleet);
    await rig.register();
    await rig.apply(fleet);
    say('made; the operator meets them for the first time');
    const first = await rig.startOperator();
    await rig.watch.untilReady(fleet, 1_200_000);
    await rig.untilQuiet();
    const rssBefore = await rssMB(first.pid);
    await first.stop();
    rig.clearCounts();
    const began = performance.now();
    const second = await rig.startOperator();
    await rig.untilChecked(fleet, 300_000);
    const seconds = (rig.lastCallAt - began) / 1000;
    const counts = countsOf(rig);
    say(JSON.stringify(counts.byName));
    const rssAfter = await rssMB(second.pid);
    say(
      `memory after the first start ${Math.round(rssBefore)} MB, after the restart ${Math.round(rssAfter)} MB`,
    );
    return {
      restart: { links, calls: counts.aws, writes: counts.awsWrites + counts.kubernetesWrites, seconds },
      memory: { rssMB5000: Math.max(rssBefore, rssAfter) },
    };
  });
};
