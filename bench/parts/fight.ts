/** Somebody changes a trust policy back every 100 ms for a minute, and an event reports each change. */
import { setInterval as ticks } from 'node:timers/promises';
import { fleetOf } from '../fleet.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';
import { runWithEvents, tellOfWidening, widenTrust } from './repair.ts';

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
    const { fleet, eventQueueUrl } = await runWithEvents(rig, shape);
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
