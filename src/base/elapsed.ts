/** How long ago something was, where a machine may have been suspended meanwhile. */
import type { Clock } from './clock.ts';

type Clocks = Pick<Clock, 'monotonicMs' | 'bootMs' | 'wallMs'>;

/** A moment, on all clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly bootMs: number;
  readonly wallMs: number;
}

/** Now, by every clock. */
export function momentOf(clock: Clocks): Moment {
  return {
    monotonicMs: clock.monotonicMs(),
    bootMs: clock.bootMs(),
    wallMs: clock.wallMs(),
  };
}

/**
 * Milliseconds that have passed since then, or more, never fewer: what the clock says that saw most of them. The monotonic one stands
 * still while the machine is suspended (Linux: CLOCK_MONOTONIC), the one that counts from its start does not (CLOCK_BOOTTIME). That one
 * stands still, too, where a hypervisor stops the machine: then the one on the wall is put right afterwards. It may be set at any time;
 * set back it changes nothing here, set forward it makes what is guarded end early, until it is begun anew.
 * https://man7.org/linux/man-pages/man2/clock_gettime.2.html
 */
export function elapsedMs(then: Moment, clock: Clocks): number {
  return Math.max(
    clock.monotonicMs() - then.monotonicMs,
    clock.bootMs() - then.bootMs,
    clock.wallMs() - then.wallMs,
  );
}
