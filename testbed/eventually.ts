import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** How long to go on trying on a machine at rest, in milliseconds; 10 s unless told. See {@link crowding}. */
  readonly deadlineMs?: number;
  /** Pause between two looks, in milliseconds. Unless told it grows from 50 to 200: looking takes from the machine
   *  what is waited for. */
  readonly everyMs?: number;
}

/** A look that waiting cannot mend, such as a process that has ended: {@link eventually} gives up at once. */
export class Hopeless extends Error {}

/**
 * Looks until `look` no longer throws, and returns what it gave.
 * After the deadline it throws an error that says `what` was awaited and what the last look saw.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 10_000, everyMs }: Patience = {},
): Promise<T> {
  const startedAt = performance.now();
  let pauseMs = everyMs ?? 50;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      const waitedMs = performance.now() - startedAt;
      if (waitedMs > deadlineMs * crowding()) {
        const seen = error instanceof Error ? error.message : String(error);
        const failure = new Error(
          `${what}: not within ${(waitedMs / 1000).toFixed(1)} s; last seen: ${seen}`,
        );
        // Whoever reads of it wants to see who waited.
        Error.captureStackTrace(failure, eventually);
        throw failure;
      }
    }
    await pause(pauseMs);
    if (everyMs === undefined) pauseMs = Math.min(1.25 * pauseMs, 200);
  }
}

/** How many times longer things may take than on a machine at rest: 1 to 10, by how many processes there are to each
 *  core. It makes no test slower that passes. */
function crowding(): number {
  const [lastMinute = 0] = loadavg();
  return Math.min(10, Math.max(1, lastMinute / availableParallelism()));
}
