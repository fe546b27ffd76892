/** How long ago something was, even if the machine was suspended meanwhile. */
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

/** Milliseconds that have passed since then, or more, never fewer: the most that any clock shows. The monotonic clock stands
 *  still while the machine is suspended (Linux: CLOCK_MONOTONIC), the clock since boot does not (CLOCK_BOOTTIME). Both stand
 *  still if a hypervisor stops the machine; then the wall clock is corrected afterwards. The wall clock may be set at any time.
 *  Set back, it changes nothing here. Set forward, it makes what is guarded end early, until it is begun again.
 *  https://man7.org/linux/man-pages/man2/clock_gettime.2.html */
export function elapsedMs(then: Moment, clock: Clocks): number {
  return Math.max(
    clock.monotonicMs() - then.monotonicMs,
    clock.bootMs() - then.bootMs,
    clock.wallMs() - then.wallMs,
  );
}
