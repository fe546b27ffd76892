/** How soon the operator works, and what it takes while it has nothing to do. */
import { readFileSync } from 'node:fs';
import { eventually } from '../../testbed/eventually.ts';
import { fleetOf } from '../fleet.ts';
import { createInSync } from '../in-sync.ts';
import { startOf } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

export const startup: Part = async ({ latencyMs, program }) => {
  const fleet = fleetOf({ links: 1, sources: 1, targets: 1, namespace: 'bench', prefix: 'link' });
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    const idle = await rig.startOperator();
    const idleRssMB = await rssMB(idle.pid);
    await createInSync(rig.emulatorUrl, fleet);
    await rig.register();
    await rig.apply(fleet);
    await rig.watch.untilReady(fleet);
    await idle.stop();

    const operator = await rig.startOperator();
    const reconciledAt = await eventually('the first reconcile', () => firstReconcile(operator.logFile));
    return { startup: { firstReconcileMs: Math.round(reconciledAt - startOf(operator.pid)), idleRssMB } };
  });
};

/** When the operator says that it reconciled a link, in milliseconds since 1970. */
function firstReconcile(logFile: string): number {
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .find((entry) => entry.includes('"msg":"reconciled"'));
  const time = /"time":"([^"]+)"/.exec(line ?? '')?.[1];
  if (time === undefined) throw new Error('no link was reconciled yet');
  return Date.parse(time);
}
