/**
 * A limit on work whose size is decided by others: the authors of links, definitions and policies may mean harm. It is counted in
 * steps, never in time, so that the same input has the same result on every machine.
 */

/** Steps that a piece of work may still take. One step is about one comparison of two characters: some nanoseconds. */
export class StepBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** Takes steps from the budget. Returns false if fewer were left, and always from then on. */
  take(steps: number): boolean {
    this.#left = this.#left < steps ? -1 : this.#left - steps;
    return this.#left >= 0;
  }

  /** Whether more was asked for than was left: answers given since then are not exact. */
  get exhausted(): boolean {
    return this.#left < 0;
  }
}

/** For a single comparison, which the lengths of its texts already limit. */
export function unbounded(): StepBudget {
  return new StepBudget(Number.POSITIVE_INFINITY);
}
