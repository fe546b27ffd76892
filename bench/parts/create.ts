/** Links are made: how long until all are Ready, and what it takes. */
import { countsOf } from '../counts.ts';
import { createMachines, fleetOf } from '../fleet.ts';
import { cpuSeconds, untilMachineRests } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import { withRig } from '../rig.ts';
import type { Part } from './part.ts';

export const create: Part = async ({ links, accounts, latencyMs, program }, say) => {
  const fleet = fleetOf({ links, sources: accounts, targets: accounts, namespace: 'bench', prefix: 'link' });
  return withRig({ fleets: [fleet], latencyMs, program }, async (rig) => {
    await createMachines(rig.emulatorUrl, fleet);
    const operator = await rig.startOperator();
    await rig.registerAndConnect();
    await untilMachineRests();
    rig.clearCounts();
    const cpuBefore = cpuSeconds(operator.pid);
    const began = performance.now();
    await Promise.all([rig.apply(fleet), rig.watch.untilReady(fleet)]);
    const seconds = (performance.now() - began) / 1000;
    const operatorCpuSeconds = cpuSeconds(operator.pid) - cpuBefore;
    await rig.untilQuiet();
    const { aws, oldDefinitionReads, kubernetesWrites, byName } = countsOf(rig);
    say(JSON.stringify(byName));
    return {
      create: {
        links,
        seconds,
        operatorCpuSeconds,
        calls: aws,
        callsPerLink: aws / links,
        oldDefinitionReadsPerLink: oldDefinitionReads / links,
        kubernetesWritesPerLink: kubernetesWrites / links,
      },
      memory: { rssMB200: await rssMB(operator.pid) },
    };
  });
};
