import { setImmediate } from 'node:timers/promises';

const deadlineMs = 5000;

/** Waits until `condition` holds; fails after five real seconds, saying what was last seen. */
export async function until(condition: () => boolean, lastSeen: () => unknown): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs)
      throw new Error(`never came true; last seen: ${JSON.stringify(lastSeen())}`);
    await setImmediate();
  }
}
