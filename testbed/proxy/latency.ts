import type { Rule } from './rules.ts';

/** Delays every matching call by `meanMs` ± 50 %, evenly spread; the same seed gives the same delays. */
export function latency<Call>(
  meanMs: number,
  seed = 1,
  match: (call: Call) => boolean = () => true,
): Rule<Call> {
  const random = randomFrom(seed);
  return { match, fault: () => ({ kind: 'delay', milliseconds: meanMs * (0.5 + random()) }) };
}

/** A repeatable stream of numbers in [0, 1): mulberry32, in the public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
