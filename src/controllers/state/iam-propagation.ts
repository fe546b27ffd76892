/**
 * Read lag as a multiple of the propagation pause. IAM's reads come from other systems than its access decisions, and a read
 * that is behind would be reported as a change by somebody else.
 */
const READS_LAG = 3;

/** How many milliseconds after an own write IAM's reads may show the former state.
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
  /** Role ARN → time of the last write, the oldest first. */
  readonly #lastWrite = new Map<string, number>();

  /** @param pauseMs 0 waits for nothing
   *  @param now monotonic milliseconds
   *  @param leadingSince monotonic milliseconds since when this process leads */
  constructor(pauseMs: number, now: () => number, leadingSince: () => number) {
    this.#pauseMs = pauseMs;
    this.#now = now;
    this.#leadingSince = leadingSince;
  }

  /** To be called after each write to a role. */
  written(roleArn: string): void {
    const now = this.#now();
    this.#lastWrite.delete(roleArn);
    this.#lastWrite.set(roleArn, now);
    for (const [arn, at] of this.#lastWrite) {
      if (at + this.#pauseMs > now) break;
      this.#lastWrite.delete(arn);
    }
  }

  /** Milliseconds until the last writes to these roles can be relied on.
   *  @param reliedOnBefore whether they were relied on before this process led; if not, the time is counted from then at least,
   *  because another process may have written just before it died */
  remainingMs(roleArns: readonly string[], reliedOnBefore: boolean): number {
    const times = roleArns.map((arn) => this.#lastWrite.get(arn)).filter((time) => time !== undefined);
    const last = Math.max(...times, reliedOnBefore ? Number.NEGATIVE_INFINITY : this.#leadingSince());
    return Math.max(0, last + this.#pauseMs - this.#now());
  }
}
