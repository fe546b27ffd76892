import { setImmediate } from 'node:timers/promises';
import { atMost } from '../../../testbed/eventually.ts';

const deadlineMs = 5_000;

/** Waits until `condition` holds; fails after five real seconds on a machine at rest, saying what was last seen. */
export async function until(condition: () => boolean, lastSeen: () => unknown): Promise<void> {
  const endMs = performance.now() + atMost(deadlineMs);
  while (!condition()) {
    if (performance.now() > endMs)
      throw new Error(`never came true; last seen: ${JSON.stringify(lastSeen())}`);
    await setImmediate();
  }
}
