/** What happens to the operators' connections: each fault lasts a few seconds and hits some of the calls. */
import { setTimeout as pause } from 'node:timers/promises';
import { internalFailure, throttle } from '../../testbed/proxy/aws-answers.ts';
import { tooManyRequests } from '../../testbed/proxy/kubernetes-answers.ts';
import type { Rig } from '../rig.ts';
import type { Random } from '../../testbed/random.ts';

type Fault = (rig: Rig, some: () => boolean) => () => void;

const FAULTS: Readonly<Record<string, Fault>> = {
  'AWS throttles': ({ aws }, match) => aws.rules.add({ match, fault: throttle }).remove,
  'AWS fails': ({ aws }, match) => aws.rules.add({ match, fault: internalFailure }).remove,
  'AWS’s answers are lost': ({ aws }, match) => aws.rules.add({ match, fault: { kind: 'lose' } }).remove,
  'AWS cannot be reached': ({ aws }) => aws.rules.add({ match: () => true, fault: { kind: 'cut' } }).remove,
  'the API server throttles': ({ kubernetes }, match) =>
    kubernetes.rules.add({ match, fault: tooManyRequests(1) }).remove,
  'the API server’s answers are lost': ({ kubernetes }, some) =>
    kubernetes.rules.add({ match: ({ verb }) => verb !== 'watch' && some(), fault: { kind: 'lose' } }).remove,
  'watches break': ({ kubernetes }) => {
    for (const watch of kubernetes.watches.matching()) watch.cut();
    return () => undefined;
  },
  'watches expire': ({ kubernetes }) => {
    for (const watch of kubernetes.watches.matching()) watch.expire();
    return () => undefined;
  },
};

/** Causes one fault after the other, with quiet between them, until the time is over. Returns how often each was caused. */
export async function faultsUntil(
  endsAt: number,
  rig: Rig,
  random: Random,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  const rest = (ms: number) => pause(Math.min(ms, Math.max(0, endsAt - performance.now())));
  while (performance.now() < endsAt) {
    await rest(5_000 + 10_000 * random.next());
    const name = random.pick(Object.keys(FAULTS));
    const end = FAULTS[name]?.(rig, () => random.chance(0.3));
    seen.set(name, (seen.get(name) ?? 0) + 1);
    await rest(1_000 + 3_000 * random.next());
    end?.();
  }
  return seen;
}
