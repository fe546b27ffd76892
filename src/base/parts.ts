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
