/** How long ago something was, where a machine may have been suspended meanwhile. */
import type { Clock } from './clock.ts';

/** A moment, on both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function momentOf(clock: Pick<Clock, 'monotonicMs' | 'wallMs'>): Moment {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
}

/**
 * Milliseconds that have passed since then, or more, never fewer: what the clock says that saw more of them. The monotonic one stands
 * still while the machine is suspended (Linux: CLOCK_MONOTONIC), the one on the wall does not, but may be set. Set back it changes
 * nothing here; set forward it makes what is guarded end early, until it is begun anew.
 * https://man7.org/linux/man-pages/man2/clock_gettime.2.html
 */
export function elapsedMs(then: Moment, clock: Pick<Clock, 'monotonicMs' | 'wallMs'>): number {
  return Math.max(clock.monotonicMs() - then.monotonicMs, clock.wallMs() - then.wallMs);
}
