/** A bad hour: a share of all calls fails in four equally frequent ways, and watches are cut every two seconds. */
import { Random } from '../random.ts';
import { internalFailure, throttle } from './aws-answers.ts';
import type { AwsProxy } from './aws.ts';
import { internalError, tooManyRequests } from './kubernetes-answers.ts';
import type { KubernetesProxy } from './kubernetes.ts';
import type { Fault } from './rules.ts';

const CUT_EVERY_MS = 2_000;

export interface Storm {
  /** How many calls were made to fail so far. */
  readonly failed: number;
  end(): void;
}

/**
 * Makes this share of the calls through both proxies fail: throttled, refused with 500, cut off, or carried out with the answer
 * lost, a quarter of them each.
 * @param share between 0 and 1; 0 cuts no watches either
 * @param seed the same seed gives the same sequence of faults
 */
export function startStorm(aws: AwsProxy, kubernetes: KubernetesProxy, share: number, seed = 1): Storm {
  if (share === 0) return { failed: 0, end: () => undefined };
  const random = new Random(seed);
  let failed = 0;
  const pick = (ways: readonly [Fault, Fault, Fault, Fault]): Fault | undefined => {
    if (!random.chance(share)) return undefined;
    failed += 1;
    return random.pick(ways);
  };
  const lost: Fault = { kind: 'lose' };
  const cut: Fault = { kind: 'cut' };
  const rules = [
    aws.rules.add({
      match: () => true,
      fault: (call) => pick([throttle(call), internalFailure(call), cut, lost]),
    }),
    kubernetes.rules.add({
      match: ({ verb }) => verb !== 'watch' && verb !== 'other',
      fault: () => pick([tooManyRequests(1), internalError, cut, lost]),
    }),
  ];
  const timer = setInterval(() => {
    for (const watch of kubernetes.watches.matching()) watch.cut();
  }, CUT_EVERY_MS);
  return {
    get failed() {
      return failed;
    },
    end: () => {
      clearInterval(timer);
      for (const rule of rules) rule.remove();
    },
  };
}
