/** So many times as long its reads may show what was before a write: they are made by others than those that decide about
 *  access, and what they show is reported as somebody else's change. */
const READS_LAG = 3;

/** For how many milliseconds after an own write IAM's reads may show what was before.
 *  @param pauseMs how long IAM is given before something relies on what was written */
export function readLagMs(pauseMs: number): number {
  return READS_LAG * pauseMs;
}

/** How long IAM is given to become consistent before something relies on what was written.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency */
export class IamPropagation {
  readonly #pauseMs: number;
  readonly #now: () => number;
  readonly #leadingSince: () => number;
  /** The oldest first. */
  readonly #lastWrite = new Map<string, number>();

  /** @param pauseMs 0 waits for nothing
   *  @param now monotonic milliseconds
   *  @param leadingSince since when this process leads, in the same */
  constructor(pauseMs: number, now: () => number, leadingSince: () => number) {
    this.#pauseMs = pauseMs;
    this.#now = now;
    this.#leadingSince = leadingSince;
  }

  written(roleArn: string): void {
    const now = this.#now();
    this.#lastWrite.delete(roleArn);
    this.#lastWrite.set(roleArn, now);
    for (const [arn, at] of this.#lastWrite) {
      if (at + this.#pauseMs > now) break;
      this.#lastWrite.delete(arn);
    }
  }

  /** Milliseconds until the last writes to these roles may be relied on.
   *  @param reliedOnBefore whether they were relied on before this process led; if not, a write that another process made
   *  just before it died is counted from then */
  remainingMs(roleArns: readonly string[], reliedOnBefore: boolean): number {
    const times = roleArns.map((arn) => this.#lastWrite.get(arn)).filter((time) => time !== undefined);
    const last = Math.max(...times, reliedOnBefore ? Number.NEGATIVE_INFINITY : this.#leadingSince());
    return Math.max(0, last + this.#pauseMs - this.#now());
  }
}
