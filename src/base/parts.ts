/** Long work in parts, so that other work gets a turn in between: a large input would hold up everybody else. */

/** Work that yields after each small part, some tens of microseconds long, and returns the result. */
export type Parts<Result> = Generator<undefined, Result, undefined>;

/** Does all of it at once.
 *  @param count called after each part */
export function finish<Result>(parts: Parts<Result>, count: () => void = () => undefined): Result {
  for (;;) {
    const next = parts.next();
    if (next.done === true) return next.value;
    count();
  }
}

/** Steps in a part: a step takes some hundreds of nanoseconds. */
const STEPS_A_PART = 128;

/** Counts steps where work is done that cannot yield, such as deep in a recursion, and yields for them later. */
export class Effort {
  #spent = 0;
  #owed = 0;

  /** How many steps were counted so far. */
  get spent(): number {
    return this.#spent;
  }

  /** Counts steps that were done. */
  spend(steps: number): void {
    this.#spent += steps;
    this.#owed += steps;
  }

  /** Yields once for each part that was done since the last time. */
  *yieldDue(): Parts<void> {
    for (; this.#owed >= STEPS_A_PART; this.#owed -= STEPS_A_PART) yield;
  }
}
