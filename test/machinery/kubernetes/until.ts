import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { atMost } from '../../../testbed/eventually.ts';

/** How long that takes which is waited for, on a machine at rest and with much to spare. */
const DEADLINE_MS = 5_000;
/** What needs no socket and no timer has come about by then. */
const TURNS = 50;

/** Waits until `condition` holds. It fails, saying what was last seen, after so long that the machine is not to blame. */
export async function until(condition: () => boolean, lastSeen: () => unknown): Promise<void> {
  const began = performance.now();
  for (let turn = 0; !condition(); turn += 1) {
    if (performance.now() - began > atMost(DEADLINE_MS))
      throw new Error(`never came true; last seen: ${JSON.stringify(lastSeen())}`);
    // Waiting must not take the time from what is waited for.
    await (turn < TURNS ? setImmediate() : pause(2));
  }
}
