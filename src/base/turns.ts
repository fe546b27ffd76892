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

/** Resolves once the event loop has come round. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
