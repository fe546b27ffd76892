/**
 * Delays between attempts: each twice as long as the last, up to a limit, with a random part, so that many clients that failed
 * together do not come back together.
 */

export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** The delay after `failures` failures in a row (1 for the first): between half of the full delay and the whole. */
export function backoffMs(limits: BackoffLimits, failures: number, random: () => number): number {
  const full = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(failures - 1, 52));
  return full * (0.5 + random() / 2);
}
