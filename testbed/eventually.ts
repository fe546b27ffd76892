import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  /** How long to go on trying, in milliseconds; 10 s unless told. */
  readonly deadlineMs?: number;
  /** Pause between two looks, in milliseconds; 50 ms unless told. */
  readonly everyMs?: number;
}

/** A look that waiting cannot mend, such as a process that has ended: {@link eventually} gives up at once. */
export class Hopeless extends Error {}

/**
 * Looks until `look` no longer throws, and answers what it returned.
 * After the deadline it throws an error that says `what` was awaited and what the last look saw.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { deadlineMs = 10_000, everyMs = 50 }: Patience = {},
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (performance.now() > giveUpAt) {
        const seen = error instanceof Error ? error.message : String(error);
        throw new Error(`${what}: not within ${deadlineMs / 1000} s; last seen: ${seen}`, { cause: error });
      }
    }
    await pause(everyMs);
  }
}
