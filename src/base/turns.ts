/** Long work in turns: between two of them the event loop does whatever else there is to do. */
import type { Parts } from './parts.ts';

/** Parts of one turn: some 10 ms of work. */
export const PARTS_A_TURN = 200;

/** All of it, letting others in after every `PARTS_A_TURN` parts; what is shorter is done at once. */
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

/** Resolves once the event loop has come round. Node's own promise of it costs three times as much. */
export function nextTurn(): Promise<void> {
  awaited += 1;
  return new Promise((resolve) => {
    setImmediate(() => {
      awaited -= 1;
      resolve();
    });
  });
}

/** How many wait for a turn of the event loop: while none does, nothing goes on but by a timer or by what comes from outside. */
export function turnsAwaited(): number {
  return awaited;
}
