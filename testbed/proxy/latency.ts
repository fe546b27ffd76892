import { Random } from '../random.ts';
import type { Rule } from './rules.ts';

/** Delays every matching call by `meanMs` ± 50 %, evenly distributed; the same seed gives the same delays. */
export function latency<Call>(
  meanMs: number,
  seed = 1,
  match: (call: Call) => boolean = () => true,
): Rule<Call> {
  const random = new Random(seed);
  return { match, fault: () => ({ kind: 'delay', milliseconds: meanMs * (0.5 + random.next()) }) };
}
