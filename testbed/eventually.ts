import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** How long to keep trying on an idle machine, in milliseconds; 10 s unless given. See {@link atMost}. */
  readonly deadlineMs?: number;
  /** Pause between two looks, in milliseconds. Unless given, it grows from 50 to 200: looking takes processor time from what is
   *  waited for. */
  readonly everyMs?: number;
  /** Called before each look for a promise that resolves when another look may see more. Then at most a second passes without a
   *  look. */
  readonly nextChange?: () => Promise<void>;
}

/** A failure that waiting cannot fix, such as a process that has ended: {@link eventually} gives up at once. */
export class Hopeless extends Error {}

/**
 * Looks until `look` no longer throws, and returns its result. After the deadline it throws an error that says `what` was awaited
 * and what the last look saw.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 10_000, everyMs, nextChange }: Patience = {},
): Promise<T> {
  const startedAt = performance.now();
  let pauseMs = everyMs ?? 50;
  for (;;) {
    const change = nextChange?.();
    try {
      return await look();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      const waitedMs = performance.now() - startedAt;
      if (waitedMs > atMost(deadlineMs)) {
        const seen = error instanceof Error ? error.message : String(error);
        const failure = new Error(
          `${what}: not within ${(waitedMs / 1000).toFixed(1)} s; last seen: ${seen}`,
        );
        // The stack has to show who waited.
        Error.captureStackTrace(failure, eventually);
        throw failure;
      }
    }
    if (change !== undefined) {
      await atMostASecond(change);
      continue;
    }
    await pause(pauseMs);
    if (everyMs === undefined) pauseMs = Math.min(1.25 * pauseMs, 200);
  }
}

async function atMostASecond(change: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([change, pause(1_000, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}

/** How long something may take now, on this machine, that takes `msAtRest` at most on an idle one: 2 to 10 times as long,
 *  depending on the number of processes for each core. It slows down no test that passes. */
export function atMost(msAtRest: number): number {
  const [lastMinute = 0] = loadavg();
  return msAtRest * Math.min(10, Math.max(2, lastMinute / availableParallelism()));
}
