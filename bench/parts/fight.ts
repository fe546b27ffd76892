/** Somebody changes a trust policy back every 100 ms for a minute, and each time an event tells of it. */
import { setInterval as ticks } from 'node:timers/promises';
import { fleetOf } from '../fleet.ts';
import { createInSync } from '../in-sync.ts';
import { createQueue } from '../queue.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';
import { tellOfWidening, widenTrust } from './repair.ts';

const LASTS_MS = 60_000;
const EVERY_MS = 100;

export const fight: Part = async ({ latencyMs, program }) => {
  const shape = {
    links: 1,
    sources: 1,
    targets: 1,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: '30s',
  };
  return withRig({ fleets: [fleetOf(shape)], latencyMs, program }, async (rig) => {
    const eventQueueUrl = await createQueue(rig.emulatorUrl, fleetOf(shape));
    const fleet = fleetOf({ ...shape, eventQueueUrl });
    await createInSync(rig.emulatorUrl, fleet);
    await rig.register([fleet]);
    await rig.apply(fleet);
    await rig.startOperator();
    await rig.watch.untilReady(fleet);
    await rig.untilQuiet();
    rig.clearCounts();
    let rounds = 0;
    const until = performance.now() + LASTS_MS;
    for await (const _ of ticks(EVERY_MS)) {
      if (performance.now() > until) break;
      for (const { target, name } of fleet.links) {
        await widenTrust(rig.emulatorUrl, target, name);
        await tellOfWidening(rig.emulatorUrl, eventQueueUrl, target, name);
      }
      rounds += 1;
    }
    const operatorCalls = rig.aws.calls.matching(({ service }) => service !== 'sqs');
    const writes = operatorCalls.filter(({ call }) => call.write).length;
    return { fight: { rounds, writes, reads: operatorCalls.length - writes } };
  });
};
