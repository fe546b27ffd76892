/** Long work in turns: between two of them the event loop does other work. */
import type { Parts } from './parts.ts';

/** Parts in one turn: about 10 ms of work. */
export const PARTS_A_TURN = 200;

/** Does all of it, with a pause for other work after every `PARTS_A_TURN` parts; shorter work is done at once. */
export async function inTurns<Result>(
  parts: Parts<Result>,
  letOthersIn: () => Promise<void> = nextTurn,
): Promise<Result> {
  for (let count = 1; ; count += 1) {
    const next = parts.next();
    if (next.done === true) return next.value;
    if (count % PARTS_A_TURN === 0) await letOthersIn();
  }
}

let awaited = 0;

/** Resolves in the next turn of the event loop. Node's own promise for that costs three times as much. */
export function nextTurn(): Promise<void> {
  awaited += 1;
  return new Promise((resolve) => {
    setImmediate(() => {
      awaited -= 1;
      resolve();
    });
  });
}

/** How many wait for a turn of the event loop. If none does, nothing goes on except by a timer or by input. */
export function turnsAwaited(): number {
  return awaited;
}
