import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { atMost } from '../testbed/eventually.ts';

/** How many milliseconds are waited on an idle machine: much more than anything takes that is waited for here. */
const DEADLINE_MS = 5_000;
/** After this many turns of the event loop, everything has happened that needs no socket and no timer. */
const TURNS = 50;

/** Waits until `condition` holds, at first one turn of the event loop at a time. After five seconds, or more on a busy machine
 *  ({@link atMost}), throws with what was last seen. */
export async function until(condition: () => boolean, lastSeen: () => unknown): Promise<void> {
  const began = performance.now();
  for (let turn = 0; !condition(); turn += 1) {
    if (performance.now() - began > atMost(DEADLINE_MS))
      throw new Error(`never came true; last seen: ${JSON.stringify(lastSeen())}`);
    // Looking at every turn would take processor time from what is waited for.
    await (turn < TURNS ? setImmediate() : pause(2));
  }
}
