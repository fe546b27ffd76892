/** May this process still write to the outside world? Asked right before each write, its retries included. */
import type { Clock } from '../base/clock.ts';
import { elapsedMs, type Moment } from '../base/elapsed.ts';

export interface Fence {
  mayWrite(): boolean;
}

/** Always open: for a process that runs alone (`--leader-elect=false`). */
export const openFence: Fence = { mayWrite: () => true };

interface FenceOptions {
  /** Returns when the last successful renewal of the lease was *begun*; undefined while it is not held. */
  readonly lease: { lastRenewed(): Moment | undefined };
  readonly clock: Clock;
  /** How long after a renewal nobody else takes the lease; 15 s if left out. */
  readonly leaseDurationMs?: number;
  /** The longest time until a write has happened or never will; 4 s if left out. */
  readonly writeTimeoutMs?: number;
}

/** Open only while a write that begins now ends before anyone else could hold the lease. A process that was paused, or whose
 *  machine was suspended, finds it closed when it wakes, before it has noticed anything. It cannot stop a request that had
 *  already left when the pause began. */
export function leaseFence(options: FenceOptions): Fence {
  const { lease, clock, leaseDurationMs = 15_000, writeTimeoutMs = 4_000 } = options;
  return {
    mayWrite() {
      const renewed = lease.lastRenewed();
      return renewed !== undefined && elapsedMs(renewed, clock) + writeTimeoutMs < leaseDurationMs;
    },
  };
}
