/** Long work that others can be let in between: what it does to a large input would hold up everybody else. */

/** Work that yields after each small part of it, some tens of microseconds long, and returns the result. */
export type Parts<Result> = Generator<undefined, Result, undefined>;

/** All of it at once. @param count called after each part */
export function finish<Result>(parts: Parts<Result>, count: () => void = () => undefined): Result {
  for (;;) {
    const next = parts.next();
    if (next.done === true) return next.value;
    count();
  }
}

/** Steps of a part: a step is some hundreds of nanoseconds. */
const STEPS_A_PART = 128;

/** Work that is counted where it is done, and yielded for where that can be: a deep call cannot let anybody in. */
export class Effort {
  #spent = 0;
  #owed = 0;

  /** Steps so far. */
  get spent(): number {
    return this.#spent;
  }

  spend(steps: number): void {
    this.#spent += steps;
    this.#owed += steps;
  }

  /** Yields for each part that was done since the last time. */
  *yieldDue(): Parts<void> {
    for (; this.#owed >= STEPS_A_PART; this.#owed -= STEPS_A_PART) yield;
  }
}
