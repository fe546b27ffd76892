/**
 * A bound on work that others decide the size of: links, definitions and policies are written by people who may mean
 * harm. It is counted in steps, never in time, so that the same input has the same answer on every machine.
 */

/** Steps that a piece of work may still take. One step is about one comparison of two characters: some nanoseconds. */
export class StepBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** Takes steps off; false when there were not so many left, from then on always. */
  take(steps: number): boolean {
    this.#left = this.#left < steps ? -1 : this.#left - steps;
    return this.#left >= 0;
  }

  /** Whether something was asked for that was not left: answers given since then are not exact. */
  get exhausted(): boolean {
    return this.#left < 0;
  }
}

/** For a single comparison, whose size the lengths of its texts bound already. */
export function unbounded(): StepBudget {
  return new StepBudget(Number.POSITIVE_INFINITY);
}
