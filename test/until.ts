import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { atMost } from '../testbed/eventually.ts';

/** Milliseconds that are waited on a machine at rest: much more than anything takes that is waited for here. */
const DEADLINE_MS = 5_000;
/** Turns of the event loop by which all has come about that needs no socket and no timer. */
const TURNS = 50;

/** Waits until `condition` holds, a turn of the event loop at a time at first. Throws with what was last seen after
 *  five seconds, or more on a busy machine ({@link atMost}). */
export async function until(condition: () => boolean, lastSeen: () => unknown): Promise<void> {
  const began = performance.now();
  for (let turn = 0; !condition(); turn += 1) {
    if (performance.now() - began > atMost(DEADLINE_MS))
      throw new Error(`never came true; last seen: ${JSON.stringify(lastSeen())}`);
    // Looking at every turn would take the processor from what is waited for.
    await (turn < TURNS ? setImmediate() : pause(2));
  }
}
