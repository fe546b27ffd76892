/** When callers that a lane refused are to come back: a time of its own for each, as far apart as tokens come in for its tenant.
 *  Every time is in monotonic milliseconds. */

interface Refused {
  readonly tenant: string;
  /** What the call is about. */
  readonly object: string;
  readonly now: number;
  /** When the next token for the call comes in, at the earliest. */
  readonly earliest: number;
  /** How long a token takes to come in. */
  readonly tokenMs: number;
}

/** Tickets of which so many are there are looked through for those whose time is over. */
const FEW = 64;

export class Tickets {
  /** The last time that each tenant was given. */
  readonly #last = new Map<string, number>();
  /** The time that each object's last refused caller got. */
  readonly #byObject = new Map<string, number>();
  #sweepAt = FEW;

  /** Whoever comes before its time gets the same again: at a start both accounts of a link bring it, and nobody would come at the
   *  first of the two times. */
  give({ tenant, object, now, earliest, tokenMs }: Refused): number {
    const own = this.#byObject.get(object);
    if (own !== undefined && own > now) return own;
    for (const [name, time] of this.#last) if (time < now) this.#last.delete(name);
    const spacing = Math.max(this.#last.size, 1) * tokenMs;
    const time = Math.max(earliest, (this.#last.get(tenant) ?? Number.NEGATIVE_INFINITY) + spacing);
    this.#last.set(tenant, time);
    this.#sweep(now);
    this.#byObject.set(object, time);
    return time;
  }

  /** A call about the object goes out, or waits for its turn. */
  used(object: string): void {
    this.#byObject.delete(object);
  }

  #sweep(now: number): void {
    if (this.#byObject.size < this.#sweepAt) return;
    for (const [object, time] of this.#byObject) if (time < now) this.#byObject.delete(object);
    this.#sweepAt = Math.max(FEW, 2 * this.#byObject.size);
  }
}
